import pMap from 'p-map';
import { formatError, SwarmError } from '../core/errors.ts';
import { awaitUnit, type HealthWait, hasRestarted } from './await-health.ts';
import type { FleetUnit } from './fleet.ts';
import { batchesOf } from './roll-plan.ts';
import type { SendCommand } from './unit-command.ts';
import { readUnitStatus } from './unit-status.ts';

/** The result of restarting one unit. */
export interface RestartedUnit {
  readonly unit: string;
  readonly result: 'restarted' | 'not well' | 'not restarted';
  readonly detail: string;
}

/** What a restart depends on. */
export interface RestartPorts {
  readonly sendCommand: SendCommand;
  readonly wait: HealthWait;
  readonly signal: AbortSignal;
  /** Called with the results of each batch. */
  readonly onBatch: (results: readonly RestartedUnit[]) => void;
}

/** The results of restarting units, one per unit, and the error that ended the restart early, if any. */
export interface RestartOutcome {
  readonly units: readonly RestartedUnit[];
  /** `fleet/restart-broken-off` */
  readonly failure: SwarmError | undefined;
}

/**
 * Restarts units in batches and waits until each is healthy again. When one is not, the later batches are not restarted.
 */
export async function restartUnits(
  { sendCommand, wait, signal, onBatch }: RestartPorts,
  units: readonly FleetUnit[],
  batchSize: number,
): Promise<RestartOutcome> {
  const results: RestartedUnit[] = [];
  let cause: unknown;
  try {
    for (const batch of batchesOf(units, batchSize, false)) {
      await pMap(
        batch,
        async (unit) => {
          results.push(await restartUnit(sendCommand, unit, wait, signal));
        },
        { concurrency: batchSize },
      );
      onBatch(results.slice(-batch.length));
      if (results.some(({ result }) => result !== 'restarted')) break;
    }
  } catch (error) {
    cause = error;
  }
  const rest = units.filter(({ unit }) => !results.some((one) => one.unit === unit)).map(({ unit }) => unit);
  const why =
    cause === undefined
      ? 'not restarted, because a unit before it is not healthy'
      : 'not known: the command ended early';
  const left = rest.map((unit): RestartedUnit => ({ unit, result: 'not restarted', detail: why }));
  return {
    units: [...results, ...left],
    failure: cause === undefined ? undefined : brokenOff(cause, results.length, rest),
  };
}

async function restartUnit(
  sendCommand: SendCommand,
  unit: FleetUnit,
  wait: HealthWait,
  signal: AbortSignal,
): Promise<RestartedUnit> {
  const before = await readUnitStatus(sendCommand, unit, signal);
  const outcome = await sendCommand('restart', unit, signal);
  if (!outcome.ok) return { unit: unit.unit, result: 'not restarted', detail: outcome.why };
  const unmet = await awaitUnit(sendCommand, unit, hasRestarted(before), wait, signal);
  return unmet === undefined
    ? { unit: unit.unit, result: 'restarted', detail: 'healthy' }
    : { unit: unit.unit, result: 'not well', detail: unmet };
}

function brokenOff(cause: unknown, done: number, rest: readonly string[]): SwarmError {
  const isAbort = cause instanceof Error && cause.name === 'AbortError';
  return new SwarmError({
    code: 'fleet/restart-broken-off',
    disposition: 'stop',
    message: `${isAbort ? 'Interrupted' : formatError(cause)}\n${done} were restarted; these may or may not have been: ${rest.join(', ')}`,
    next: `${isAbort ? '' : 'When that is fixed, '}run swarm-ops restart with the units that are left; swarm-ops fleet shows how they are.`,
    cause,
  });
}
