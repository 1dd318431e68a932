import { SwarmError } from '../../lib/core/errors.ts';
import { type FleetOptions, findFleet } from '../../lib/fleet/find-fleet.ts';
import { HUB } from '../../lib/fleet/fleet-names.ts';
import { type RestartedUnit, restartUnits } from '../../lib/fleet/restart-units.ts';
import { selectUnits } from '../../lib/fleet/select-units.ts';
import { createCommandSender } from '../../lib/fleet/unit-command.ts';
import { abortAtStop } from '../terminal/abort-at-stop.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { type BatchOptions, parseBatchOptions } from '../terminal/batch-options.ts';
import { confirm } from '../terminal/confirm.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** The options of `restart`. */
export interface RestartOptions extends FleetOptions, BatchOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * Restarts units in batches and waits until each is healthy again. When one is not, the later batches are not restarted.
 * @returns 0 when all are healthy, else 1.
 */
export async function restart(names: readonly string[], options: RestartOptions): Promise<number> {
  const { batch, wait } = parseBatchOptions(options);
  if ((names.length === 0) === (options.all !== true)) throw whichOnes();
  const { fleet, clients } = await findFleet({ ...options, credentials: createTerminalCredentials() });
  const units = options.all ? fleet.units.filter(({ unit }) => unit !== HUB) : selectUnits(fleet, names);
  const question = `Restart ${units.length} agents, ${batch} at a time?`;
  if (options.all && !options.yes && !(await confirm({ question, otherwise: 'Nothing was restarted.' }))) return 1;

  const sendCommand = createCommandSender(clients.ssm, fleet);
  const { signal, dispose } = abortAtStop();
  const onBatch = (results: readonly RestartedUnit[]): void => {
    if (options.json) return;
    for (const { unit, result, detail } of results) printLine(`${unit}: ${result} (${detail})`);
  };
  const outcome = await restartUnits({ sendCommand, wait, signal, onBatch }, units, batch).finally(dispose);
  if (options.json) printJson('Restart', outcome.units);
  else {
    printTable(
      ['unit', 'result', ''],
      outcome.units.map(({ unit, result, detail }) => [unit, result, detail]),
    );
  }
  if (outcome.failure !== undefined) throw outcome.failure;
  return outcome.units.every(({ result }) => result === 'restarted') ? 0 : 1;
}

function whichOnes(): SwarmError {
  return new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: 'restart takes the names of agents (or hub), or --all for all agents',
    next: 'As in swarm-ops restart kk-validator. Nothing was restarted.',
  });
}
