import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { SwarmError } from '../../lib/core/errors.ts';
import { formatIso, systemClock } from '../../lib/core/time.ts';
import { whole } from '../../lib/core/whole-number.ts';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { takeOwnership } from '../../lib/files/owner-lock.ts';
import { brokenRoll, describeRoll, unfinishedRoll } from '../../lib/fleet/describe-roll.ts';
import { type FleetOptions, type FoundFleet, findFleet } from '../../lib/fleet/find-fleet.ts';
import { findImage } from '../../lib/fleet/find-image.ts';
import type { FleetUnit } from '../../lib/fleet/fleet.ts';
import { HUB } from '../../lib/fleet/fleet-names.ts';
import { readHostParameters } from '../../lib/fleet/parameters.ts';
import { roll } from '../../lib/fleet/roll.ts';
import { batchesOf, rollOrder, type SeenUnit, unitsToRoll } from '../../lib/fleet/roll-plan.ts';
import { isOpen, type RollRecord, readRoll, rollFile, writeRoll } from '../../lib/fleet/roll-record.ts';
import { selectUnits } from '../../lib/fleet/select-units.ts';
import { createTellUnit, type TellUnit } from '../../lib/fleet/unit-command.ts';
import { describeStatus, isHealthy, readUnitStatus, shortImage } from '../../lib/fleet/unit-status.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { confirm } from '../terminal/confirm.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';
import { untilStopped } from '../terminal/stop-signals.ts';

/** The options of `deploy`. */
export interface DeployOptions extends FleetOptions {
  readonly agents: string;
  readonly state: string;
  readonly image?: string;
  readonly hub?: boolean;
  readonly batch: string;
  readonly waitSeconds: string;
  readonly pollSeconds: string;
  readonly resume?: boolean;
  readonly back?: boolean;
  readonly forget?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const AT_ONCE = 8;

/**
 * Rolls an image through the fleet, a canary first and then a few at a time; goes back when one does not get well.
 * What it does is recorded in the state folder first, so that an interrupted roll can be resumed or undone.
 * @returns 0 when all run the image, 1 when it went back or nobody said yes.
 */
export async function deploy(names: readonly string[], options: DeployOptions): Promise<number> {
  const batch = whole('--batch', options.batch, 1, 50);
  const waitMs = whole('--wait-seconds', options.waitSeconds, 1, 3600) * 1000;
  const lookMs = whole('--poll-seconds', options.pollSeconds, 1, 60) * 1000;
  const found = await findFleet({ ...options, credentials: createTerminalCredentials() });
  const { fleet, clients } = found;
  const giveBack = await takeOwnership(join(options.state, 'lock'));
  const stop = untilStopped();
  const stopping = new AbortController();
  void stop.requested.then(() => stopping.abort());
  try {
    const last = await readRoll(options.state, fleet.stack);
    if (options.forget) return await forget(options.state, last);
    const tell = createTellUnit(clients.ssm, fleet);
    const begun =
      options.resume || options.back ? continued(last, options) : await begin(found, tell, names, last, options, batch);
    if (begun === undefined || options.dryRun) return 0;
    const question = `${begun.phase === 'back' ? 'Go back' : 'Roll'} now?`;
    const otherwise = 'Nothing was changed.';
    if (!options.yes && !(await confirm({ question, otherwise, hasDryRun: true }))) return 1;
    let record = begun;
    const save = async (now: RollRecord) => {
      await writeRoll(options.state, now);
      record = now;
    };
    const say = (line: string) => {
      if (!options.json) printLine(line);
    };
    try {
      await save(begun);
      const ended = await roll(
        { fleet, ssm: clients.ssm, tell, patience: { waitMs, lookMs }, signal: stopping.signal, save, say },
        begun,
      );
      return finish(ended, options);
    } catch (error) {
      throw brokenRoll(record, error);
    }
  } finally {
    stop.dispose();
    await giveBack();
  }
}

/** A new roll, after showing it; undefined when there is nothing to do or it is only looked at. */
async function begin(
  { fleet, clients }: FoundFleet,
  tell: TellUnit,
  names: readonly string[],
  last: RollRecord | undefined,
  options: DeployOptions,
  batch: number,
): Promise<RollRecord | undefined> {
  if (last !== undefined && isOpen(last)) throw unfinishedRoll(last);
  const all = fleet.units.filter(({ unit }) => (unit === HUB) === (options.hub === true));
  const units = names.length === 0 ? all : selectUnits({ ...fleet, units: all }, names);
  const repository = options.hub ? fleet.repositories.hub : fleet.repositories.agent;
  const wanted = options.image ?? configured(units);
  const image = await findImage(clients.ecr, repository, wanted);
  const [manifests, parameters] = await Promise.all([
    loadManifests([options.agents]),
    readHostParameters(clients.ssm, fleet.stack),
  ]);
  const seen: SeenUnit[] = [];
  await pMap(
    units,
    async (unit) => {
      const status = await readUnitStatus(tell, unit);
      seen.push({ unit, parameter: parameters.get(unit.imageParameter) ?? '', status });
    },
    { concurrency: AT_ONCE },
  );
  const work = unitsToRoll(rollOrder(seen, manifests), image);
  if (!options.json) showPlan(work, image, batch);
  if (work.length === 0 || options.dryRun) {
    if (options.json)
      printRoll(
        image,
        work.map(({ unit, parameter }) => ({ unit: unit.unit, from: parameter, state: 'waiting' })),
      );
    else if (work.length === 0)
      printLine(`All ${seen.length} run ${shortImage(image)} and are healthy. Nothing to do.`);
    else printLine('A dry run: nothing was changed.');
    return undefined;
  }
  refuseUnreachable(work);
  return {
    apiVersion: 'karmakadabra/v1',
    kind: 'Roll',
    stack: fleet.stack,
    accountId: fleet.accountId,
    region: fleet.region,
    image,
    startedAt: formatIso(systemClock()),
    phase: 'forward',
    batch,
    units: work.map(({ unit, parameter, status }) => ({
      unit: unit.unit,
      from: parameter,
      wasHealthy: isHealthy(status),
      state: 'waiting',
    })),
  };
}

function configured(units: readonly FleetUnit[]): string {
  const [image, ...others] = new Set(units.map(({ configuredImage }) => configuredImage));
  if (image !== undefined && others.length === 0) return image;
  throw new SwarmError({
    code: 'swarm/bad-option',
    disposition: 'stop',
    message: 'Which image? What the configuration names is known only where the inventory of Terraform is',
    next: 'Give --image with a tag or a digest. Nothing was changed.',
  });
}

/** A unit that can't be seen can't be waited for. */
function refuseUnreachable(work: readonly SeenUnit[]): void {
  const lost = work.filter(({ parameter }) => parameter === '').map(({ unit }) => unit.unit);
  if (lost.length === 0) return;
  throw new SwarmError({
    code: 'fleet/no-image-parameter',
    disposition: 'stop',
    message: `${lost.join(', ')}: there is no parameter that says what they run`,
    next: 'npx cdktf deploy makes it; or name the other agents. Nothing was changed.',
  });
}

/** The roll to go on with, or to undo. */
function continued(last: RollRecord | undefined, options: DeployOptions): RollRecord {
  const touched = last?.units.some(({ state }) => state === 'rolled' || state === 'changing') ?? false;
  if (last === undefined || (options.back ? !touched && !isOpen(last) : !isOpen(last))) {
    throw new SwarmError({
      code: 'fleet/no-roll',
      disposition: 'stop',
      message: options.back
        ? `${options.state} records no roll that could be undone`
        : `${options.state} records no roll that was interrupted`,
      next: 'Name the folder of the roll with --state. swarm-ops fleet shows what runs where.',
    });
  }
  if (!options.json) printLine(`The roll of ${shortImage(last.image)} begun ${last.startedAt}: ${describeRoll(last)}`);
  return options.back ? { ...last, phase: 'back' } : last;
}

async function forget(state: string, last: RollRecord | undefined): Promise<number> {
  if (last === undefined) {
    printLine('There is no record of a roll.');
    return 0;
  }
  printLine(`Forgotten: the roll of ${last.image}: ${describeRoll(last)}`);
  await rm(rollFile(state, last.stack));
  return 0;
}

function finish(record: RollRecord, options: DeployOptions): number {
  const stuck = record.units.some(({ state }) => state === 'stuck');
  if (options.json) printRoll(record.image, record.units);
  else if (record.phase === 'done') {
    printLine(`All ${record.units.length} run ${record.image}.`);
    const what = record.units.every(({ unit }) => unit === HUB) ? 'hub' : 'agent';
    printLine(
      `Next: put it into infra/fleet.yaml as images.${what}, which is what new machines and agents start with.`,
    );
  } else printLine(`The roll was undone: ${describeRoll(record)}.${stuck ? ' Next: swarm-ops logs of those.' : ''}`);
  return record.phase === 'done' || (options.back === true && !stuck) ? 0 : 1;
}

function showPlan(work: readonly SeenUnit[], image: string, batch: number): void {
  if (work.length === 0) return;
  printLine(`To roll: ${image}`);
  printTable(
    ['step', 'unit', 'machine', 'runs'],
    batchesOf(work, batch, true).flatMap((units, step) =>
      units.map(({ unit, status }) => [
        step === 0 ? 'canary' : String(step),
        unit.unit,
        unit.host,
        describeStatus(status),
      ]),
    ),
  );
}

function printRoll(
  image: string,
  units: readonly { readonly unit: string; readonly from: string; readonly state: string }[],
): void {
  printJson(
    'Roll',
    units.map(({ unit, from, state }) => ({ unit, from, image, state })),
  );
}
