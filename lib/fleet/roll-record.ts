import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { writeDurably } from '../files/durable.ts';
import { explainWriteErrors } from '../files/explain-write-errors.ts';

const rolledUnit = z.strictObject({
  unit: z.string(),
  /** The image that its parameter named before the roll. */
  from: z.string(),
  /** Whether it was healthy before the roll. A rollback requires health only of units that were. */
  wasHealthy: z.boolean(),
  /** `changing`: its parameter may name either image. `stuck`: it was rolled back and did not become healthy. */
  state: z.enum(['waiting', 'changing', 'rolled', 'back', 'stuck']),
});

const schema = z.strictObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('Roll'),
  stack: z.string(),
  accountId: z.string(),
  region: z.string(),
  image: z.string(),
  startedAt: z.string(),
  /** `forward` and `back` are under way or were interrupted; `done` and `undone` are over. */
  phase: z.enum(['forward', 'back', 'done', 'undone']),
  batch: z.number().int().positive(),
  units: z.array(rolledUnit),
});

/** A roll of an image through the fleet: what is needed to resume it or to undo it after an interruption. */
export type RollRecord = z.output<typeof schema>;
export type RolledUnit = RollRecord['units'][number];

function rollFile(stateDir: string, stack: string): string {
  return join(stateDir, `roll-${stack}.json`);
}

/** Writes the record atomically: a kill at any moment leaves the old or the new one. @throws SwarmError `swarm/unwritable`. */
export async function writeRoll(stateDir: string, record: RollRecord): Promise<void> {
  const file = rollFile(stateDir, record.stack);
  await explainWriteErrors(file, '--state', async () => {
    await mkdir(stateDir, { recursive: true });
    await writeDurably(file, `${JSON.stringify(record, undefined, 2)}\n`);
  });
}

/**
 * Reads the record of the last roll of a stack, or undefined.
 * @throws SwarmError `fleet/bad-roll-record` for a file that can't be used.
 */
export async function readRoll(stateDir: string, stack: string): Promise<RollRecord | undefined> {
  const file = rollFile(stateDir, stack);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw badRecord(file, error);
  });
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw badRecord(file, cause);
  }
}

/** Removes the record of the last roll of a stack. */
export async function removeRoll(stateDir: string, stack: string): Promise<void> {
  await rm(rollFile(stateDir, stack));
}

/** Whether a unit was rolled back and did not become healthy. */
export function hasStuck({ units }: RollRecord): boolean {
  return units.some(({ state }) => state === 'stuck');
}

/** Whether a roll was begun and is not over. */
export function isOpen({ phase }: RollRecord): boolean {
  return phase === 'forward' || phase === 'back';
}

/** The record with some of its units in another state. */
export function withStates(record: RollRecord, units: readonly string[], state: RolledUnit['state']): RollRecord {
  return { ...record, units: record.units.map((one) => (units.includes(one.unit) ? { ...one, state } : one)) };
}

function badRecord(file: string, cause: unknown): SwarmError {
  return new SwarmError({
    code: 'fleet/bad-roll-record',
    disposition: 'stop',
    message: `${file} is not the record of a roll`,
    next: 'Look at what runs where with swarm-ops fleet, then remove the file.',
    cause,
  });
}
