import pMap from 'p-map';
import { formatError, SwarmError } from '../../lib/core/errors.ts';
import { whole } from '../../lib/core/whole-number.ts';
import { awaitUnit, type Patience, runsAnew } from '../../lib/fleet/await-health.ts';
import { type FleetOptions, findFleet } from '../../lib/fleet/find-fleet.ts';
import type { FleetUnit } from '../../lib/fleet/fleet.ts';
import { HUB } from '../../lib/fleet/fleet-names.ts';
import { batchesOf } from '../../lib/fleet/roll-plan.ts';
import { selectUnits } from '../../lib/fleet/select-units.ts';
import { createTellUnit, type TellUnit } from '../../lib/fleet/unit-command.ts';
import { readUnitStatus } from '../../lib/fleet/unit-status.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { confirm } from '../terminal/confirm.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';
import { untilStopped } from '../terminal/stop-signals.ts';

/** The options of `restart`. */
export interface RestartOptions extends FleetOptions {
  readonly all?: boolean;
  readonly batch: string;
  readonly waitSeconds: string;
  readonly pollSeconds: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

type Result = 'restarted' | 'not well' | 'not restarted';

interface Restarted {
  readonly unit: string;
  readonly result: Result;
  readonly detail: string;
}

/**
 * Restarts units a few at a time and waits until each is healthy again. When one of a batch is not, the rest is left alone.
 * @returns 0 when all are well, else 1.
 */
export async function restart(names: readonly string[], options: RestartOptions): Promise<number> {
  const batch = whole('--batch', options.batch, 1, 50);
  const patience = {
    waitMs: whole('--wait-seconds', options.waitSeconds, 1, 3600) * 1000,
    lookMs: whole('--poll-seconds', options.pollSeconds, 1, 60) * 1000,
  };
  if ((names.length === 0) === (options.all !== true)) throw whichOnes();
  const { fleet, clients } = await findFleet({ ...options, credentials: createTerminalCredentials() });
  const units = options.all ? fleet.units.filter(({ unit }) => unit !== HUB) : selectUnits(fleet, names);
  const question = `Restart ${units.length} agents, ${batch} at a time?`;
  if (options.all && !options.yes && !(await confirm({ question, otherwise: 'Nothing was restarted.' }))) return 1;

  const tell = createTellUnit(clients.ssm, fleet);
  const stop = untilStopped();
  const stopping = new AbortController();
  void stop.requested.then(() => stopping.abort());
  const results: Restarted[] = [];
  let broken: unknown;
  try {
    for (const some of batchesOf(units, batch, false)) {
      await pMap(
        some,
        async (unit) => {
          results.push(await restartOne(tell, unit, patience, stopping.signal));
        },
        { concurrency: batch },
      );
      if (!options.json)
        for (const { unit, result, detail } of results.slice(-some.length)) printLine(`${unit}: ${result} (${detail})`);
      if (results.some(({ result }) => result !== 'restarted')) break;
    }
  } catch (error) {
    broken = error;
  } finally {
    stop.dispose();
  }
  const rest = units.filter(({ unit }) => !results.some((one) => one.unit === unit));
  const all = [...results, ...rest.map(({ unit }) => leftOut(unit, broken))];
  show(all, options.json === true);
  if (broken !== undefined)
    throw brokenOff(
      broken,
      results.length,
      rest.map(({ unit }) => unit),
    );
  return all.every(({ result }) => result === 'restarted') ? 0 : 1;
}

async function restartOne(
  tell: TellUnit,
  unit: FleetUnit,
  patience: Patience,
  signal: AbortSignal,
): Promise<Restarted> {
  const before = await readUnitStatus(tell, unit, signal);
  const outcome = await tell('restart', unit, signal);
  if (!outcome.ok) return { unit: unit.unit, result: 'not restarted', detail: outcome.why };
  const lacks = await awaitUnit(tell, unit, runsAnew(before), patience, signal);
  return lacks === undefined
    ? { unit: unit.unit, result: 'restarted', detail: 'healthy' }
    : { unit: unit.unit, result: 'not well', detail: lacks };
}

function leftOut(unit: string, broken: unknown): Restarted {
  const why =
    broken === undefined ? 'left alone, because one before it is not well' : 'not known: the command broke off';
  return { unit, result: 'not restarted', detail: why };
}

function show(all: readonly Restarted[], isJson: boolean): void {
  if (isJson) printJson('Restart', all);
  else {
    printTable(
      ['unit', 'result', ''],
      all.map(({ unit, result, detail }) => [unit, result, detail]),
    );
  }
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

function whichOnes(): SwarmError {
  return new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: 'restart takes the names of agents (or hub), or --all for all agents',
    next: 'As in swarm-ops restart kk-validator. Nothing was restarted.',
  });
}
