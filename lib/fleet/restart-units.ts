import pMap from 'p-map';
import { formatError, SwarmError } from '../core/errors.ts';
import { awaitUnit, type Patience, runsAnew } from './await-health.ts';
import type { FleetUnit } from './fleet.ts';
import { batchesOf } from './roll-plan.ts';
import type { TellUnit } from './unit-command.ts';
import { readUnitStatus } from './unit-status.ts';

/** What came of the restart of one unit. */
export interface RestartedUnit {
  readonly unit: string;
  readonly result: 'restarted' | 'not well' | 'not restarted';
  readonly detail: string;
}

/** What a restart needs of the world. */
export interface RestartPorts {
  readonly tell: TellUnit;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Is told what came of each batch. */
  readonly onBatch: (results: readonly RestartedUnit[]) => void;
}

/** What came of a restart of units: a result each, and why it broke off, where it did. */
export interface RestartOutcome {
  readonly units: readonly RestartedUnit[];
  /** `fleet/restart-broken-off` */
  readonly failure: SwarmError | undefined;
}

/**
 * Restarts units a few at a time and waits until each is healthy again. When one of a batch is not, the rest is left alone.
 */
export async function restartUnits(
  { tell, patience, signal, onBatch }: RestartPorts,
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
          results.push(await restartUnit(tell, unit, patience, signal));
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
    cause === undefined ? 'left alone, because one before it is not well' : 'not known: the command broke off';
  const left = rest.map((unit): RestartedUnit => ({ unit, result: 'not restarted', detail: why }));
  return {
    units: [...results, ...left],
    failure: cause === undefined ? undefined : brokenOff(cause, results.length, rest),
  };
}

async function restartUnit(
  tell: TellUnit,
  unit: FleetUnit,
  patience: Patience,
  signal: AbortSignal,
): Promise<RestartedUnit> {
  const before = await readUnitStatus(tell, unit, signal);
  const outcome = await tell('restart', unit, signal);
  if (!outcome.ok) return { unit: unit.unit, result: 'not restarted', detail: outcome.why };
  const lacks = await awaitUnit(tell, unit, runsAnew(before), patience, signal);
  return lacks === undefined
    ? { unit: unit.unit, result: 'restarted', detail: 'healthy' }
    : { unit: unit.unit, result: 'not well', detail: lacks };
}

function brokenOff(cause: unknown, done: number, rest: readonly string[]): SwarmError {
  const isAbort = cause instanceof Error && cause.name === 'AbortError';
  return new SwarmError({
    code: 'fleet/restart-broken-off',
    disposition: 'stop',
    message: `${isAbort ? 'Interrupted' : formatError(cause)}\n${done} were restarted; these may or may not have been: ${rest.join(', ')}`,
    next: `${isAbort ? '' : 'When that is mended, '}run swarm-ops restart with those that are left; swarm-ops fleet shows how they are.`,
    cause,
  });
}
