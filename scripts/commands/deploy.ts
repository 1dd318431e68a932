import { join } from 'node:path';
import { systemClock } from '../../lib/core/time.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { takeOwnership } from '../../lib/files/owner-lock.ts';
import { beginRoll, findRollTarget, planRoll } from '../../lib/fleet/begin-roll.ts';
import { continueRoll } from '../../lib/fleet/continue-roll.ts';
import { describeRoll, unfinishedRoll } from '../../lib/fleet/describe-roll.ts';
import { type FleetOptions, type FoundFleet, findFleet } from '../../lib/fleet/find-fleet.ts';
import { hasStuck, isOpen, type RollRecord, readRoll, removeRoll } from '../../lib/fleet/roll-record.ts';
import { rollRecorded } from '../../lib/fleet/roll-recorded.ts';
import { createCommandSender, type SendCommand } from '../../lib/fleet/unit-command.ts';
import { shortImage } from '../../lib/fleet/unit-status.ts';
import { abortAtStop } from '../terminal/abort-at-stop.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { type BatchOptions, parseBatchOptions } from '../terminal/batch-options.ts';
import { confirm } from '../terminal/confirm.ts';
import { printLine } from '../terminal/print.ts';
import { printEnd, printUnrolled, showRollPlan } from '../terminal/show-roll.ts';

/** The options of `deploy`. */
export interface DeployOptions extends FleetOptions, BatchOptions {
  readonly agents: string;
  readonly state: string;
  readonly image?: string;
  readonly hub?: boolean;
  readonly resume?: boolean;
  readonly back?: boolean;
  readonly forget?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * Rolls an image through the fleet, a canary first and then in batches; rolls back when a unit does not become healthy.
 * Each step is recorded in the state folder first, so that an interrupted roll can be resumed or undone.
 * @returns 0 when all run the image, 1 when it was rolled back or not confirmed.
 */
export async function deploy(names: readonly string[], options: DeployOptions): Promise<number> {
  const { batch, wait } = parseBatchOptions(options);
  const found = await findFleet({ ...options, credentials: createTerminalCredentials() });
  const { fleet, clients } = found;
  const release = await takeOwnership(join(options.state, 'lock'));
  const { signal, dispose } = abortAtStop();
  try {
    const last = await readRoll(options.state, fleet.stack);
    if (options.forget) return await forget(options.state, last);
    const sendCommand = createCommandSender(clients.ssm, fleet);
    const begun =
      options.resume || options.back
        ? continued(last, options)
        : await begin(found, sendCommand, names, last, options, batch);
    if (begun === undefined || options.dryRun) return 0;
    const question = `${begun.phase === 'back' ? 'Go back' : 'Roll'} now?`;
    const otherwise = 'Nothing was changed.';
    if (!options.yes && !(await confirm({ question, otherwise, hasDryRun: true }))) return 1;
    const say = (line: string): void => {
      if (!options.json) printLine(line);
    };
    const ended = await rollRecorded(options.state, { fleet, ssm: clients.ssm, sendCommand, wait, signal, say }, begun);
    printEnd(ended, options.json === true);
    return ended.phase === 'done' || (options.back === true && !hasStuck(ended)) ? 0 : 1;
  } finally {
    dispose();
    await release();
  }
}

/** Plans and shows a new roll; undefined when there is nothing to do or it is a dry run. */
async function begin(
  { fleet, clients }: FoundFleet,
  sendCommand: SendCommand,
  names: readonly string[],
  last: RollRecord | undefined,
  options: DeployOptions,
  batch: number,
): Promise<RollRecord | undefined> {
  if (last !== undefined && isOpen(last)) throw unfinishedRoll(last);
  const target = await findRollTarget(fleet, clients.ecr, { names, isHub: options.hub === true, image: options.image });
  const plan = await planRoll(fleet, clients.ssm, sendCommand, target, await loadManifests([options.agents]));
  if (!options.json) showRollPlan(plan, batch);
  if (plan.work.length > 0 && !options.dryRun) return beginRoll(fleet, plan, batch, systemClock());
  printUnrolled(plan, options.json === true);
  return undefined;
}

/** The roll to resume or to undo; prints how far it got. */
function continued(last: RollRecord | undefined, { back, state, json }: DeployOptions): RollRecord {
  const record = continueRoll(last, back ? 'back' : 'forward', state);
  if (!json) printLine(`The roll of ${shortImage(record.image)} begun ${record.startedAt}: ${describeRoll(record)}`);
  return record;
}

async function forget(state: string, last: RollRecord | undefined): Promise<number> {
  if (last === undefined) {
    printLine('There is no record of a roll.');
    return 0;
  }
  printLine(`Forgotten: the roll of ${last.image}: ${describeRoll(last)}`);
  await removeRoll(state, last.stack);
  return 0;
}
