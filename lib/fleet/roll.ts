import type { SSMClient } from '@aws-sdk/client-ssm';
import pMap from 'p-map';
import { SwarmError } from '../core/errors.ts';
import { awaitUnit, type HealthWait, runsImage } from './await-health.ts';
import type { Fleet, FleetUnit } from './fleet.ts';
import { readHostParameters, writeImage } from './parameters.ts';
import { batchesOf } from './roll-plan.ts';
import { type RolledUnit, type RollRecord, withStates } from './roll-record.ts';
import type { SendCommand } from './unit-command.ts';
import { shortImage } from './unit-status.ts';

/** What a roll depends on. */
export interface RollPorts {
  readonly fleet: Fleet;
  readonly ssm: SSMClient;
  readonly sendCommand: SendCommand;
  readonly wait: HealthWait;
  readonly signal: AbortSignal;
  /** Writes the record: before each change, and after it. */
  readonly save: (record: RollRecord) => Promise<void>;
  readonly say: (line: string) => void;
}

/** How many units of a batch are changed and watched at the same time. */
const AT_ONCE = 8;

/**
 * Rolls an image through the units of a record: the canary, then batch by batch, waiting for each batch to be healthy. When a
 * unit does not become healthy, all changed units get their old image back. The record of an interrupted roll resumes it.
 * @returns the record as it ended: `done` or `undone`.
 * @throws errors of AWS, and an AbortError; the saved record says how far it got.
 */
export async function roll(ports: RollPorts, begun: RollRecord): Promise<RollRecord> {
  if (begun.phase === 'back') return rollBack(ports, begun);
  let record = begun;
  const isFirst = record.units.every(({ state }) => state === 'waiting');
  const ahead = record.units.filter(({ state }) => state === 'waiting' || state === 'changing');
  for (const batch of batchesOf(ahead, record.batch, isFirst)) {
    const names = batch.map(({ unit }) => unit);
    await refuseClash(ports, batch, record.image);
    record = withStates(record, names, 'changing');
    await ports.save(record);
    const { image } = record;
    const failures = await change(ports, batch, () => image, true);
    if (failures.size > 0) {
      for (const [unit, why] of failures) ports.say(`${unit} does not become healthy on ${shortImage(image)}: ${why}`);
      record = { ...record, phase: 'back' };
      await ports.save(record);
      return rollBack(ports, record);
    }
    record = withStates(record, names, 'rolled');
    await ports.save(record);
    const done = record.units.filter(({ state }) => state === 'rolled').length;
    ports.say(`${done} of ${record.units.length} run ${shortImage(image)} and are healthy: ${names.join(', ')}`);
  }
  record = { ...record, phase: 'done' };
  await ports.save(record);
  return record;
}

/** Restores the old image of every unit that the roll has changed. */
async function rollBack(ports: RollPorts, begun: RollRecord): Promise<RollRecord> {
  let record = begun;
  const changed = record.units.filter(({ state }) => state === 'changing' || state === 'rolled').toReversed();
  for (const batch of batchesOf(changed, record.batch, false)) {
    await refuseClash(ports, batch, record.image);
    const olds = new Map(batch.map(({ unit, from }) => [unit, from]));
    const failures = await change(ports, batch, (unit) => olds.get(unit) ?? '', false);
    record = withStates(
      record,
      batch.map(({ unit }) => unit),
      'back',
    );
    record = withStates(record, [...failures.keys()], 'stuck');
    await ports.save(record);
    for (const [unit, why] of failures) ports.say(`${unit} is back on its old image, but not healthy: ${why}`);
    const well = batch.map(({ unit }) => unit).filter((unit) => !failures.has(unit));
    if (well.length > 0) ports.say(`back on the old image: ${well.join(', ')}`);
  }
  record = { ...record, phase: 'undone' };
  await ports.save(record);
  return record;
}

/** Changes the parameters of a batch, has its hosts sync, and waits. Gives the units that failed, with the reason. */
async function change(
  { fleet, ssm, sendCommand, wait, signal }: RollPorts,
  batch: readonly RolledUnit[],
  imageOf: (unit: string) => string,
  mustBeHealthy: boolean,
): Promise<ReadonlyMap<string, string>> {
  const failures = new Map<string, string>();
  const units = batch.map((one) => ({ ...one, at: requireUnit(fleet, one.unit) }));
  for (const { at } of units) {
    signal.throwIfAborted();
    await writeImage(ssm, at.imageParameter, imageOf(at.unit));
  }
  // One sync covers all units of a host.
  const hosts = new Map(units.map(({ at }) => [at.host, at]));
  const syncErrors = new Map<string, string>();
  await pMap(
    hosts.values(),
    async (at) => {
      const outcome = await sendCommand('sync', at, signal);
      if (!outcome.ok) syncErrors.set(at.host, outcome.why);
    },
    { concurrency: AT_ONCE },
  );
  await pMap(
    units,
    async ({ at, wasHealthy }) => {
      const condition = runsImage(imageOf(at.unit), mustBeHealthy || wasHealthy);
      const unmet = await awaitUnit(sendCommand, at, condition, wait, signal);
      // A sync also fails for errors of other units on the host, so only the state of this unit decides.
      if (unmet !== undefined) failures.set(at.unit, syncErrors.get(at.host) ?? unmet);
    },
    { concurrency: AT_ONCE },
  );
  return failures;
}

/** Refuses to change a parameter that names neither the old nor the new image: somebody else rolls at the same time. */
async function refuseClash({ ssm, fleet }: RollPorts, batch: readonly RolledUnit[], image: string): Promise<void> {
  const now = await readHostParameters(ssm, fleet.stack);
  for (const { unit, from } of batch) {
    const value = now.get(requireUnit(fleet, unit).imageParameter);
    if (value === from || value === image) continue;
    throw new SwarmError({
      code: 'fleet/roll-clash',
      disposition: 'stop',
      message: `Somebody else has changed the image of ${unit} to ${shortImage(value ?? 'nothing')} since this roll began`,
      next: 'Agree on who rolls. swarm-ops fleet shows what runs where; swarm-ops deploy --forget deletes the record of this roll.',
    });
  }
}

function requireUnit(fleet: Fleet, name: string): FleetUnit {
  const found = fleet.units.find(({ unit }) => unit === name);
  if (found !== undefined) return found;
  throw new SwarmError({
    code: 'fleet/unit-gone',
    disposition: 'stop',
    message: `${name} is part of this roll and no longer of the fleet ${fleet.stack}`,
    next: 'swarm-ops fleet shows what runs where; swarm-ops deploy --forget deletes the record of this roll.',
  });
}
