import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { volumeFolder } from './volumes.ts';
import type { ContainerWorld } from './world.ts';

const receipt = z.object({ id: z.string() });
const waiting = z.object({ write: receipt });

/** What a unit was told is safe: the ids of its writes that landed in the vault, and of those that wait on its disk. */
export interface Acknowledged {
  readonly landed: readonly string[];
  readonly waiting: readonly string[];
}

/** Reads the spools of a unit that does not run, or whose writes may move on meanwhile: none is missed, as they move one way. */
export async function acknowledgedBy(world: ContainerWorld, service: string): Promise<Acknowledged> {
  const state = await volumeFolder(world, `state-${service}`);
  const spools = (await readdir(state)).filter((name) => name.startsWith('spool')).map((name) => join(state, name));
  // First what waits: what lands in between is then seen among the landed.
  const waits = (await Promise.all(spools.map(idsOfWaiting))).flat();
  const landed = (await Promise.all(spools.map(idsOfLanded))).flat();
  return { landed, waiting: waits };
}

async function idsOfLanded(spool: string): Promise<readonly string[]> {
  const text = await readFile(join(spool, 'landed.jsonl'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return [receipt.parse(JSON.parse(line)).id];
    } catch {
      // A kill may cut the last line off; that write still waits in a file of its own.
      return [];
    }
  });
}

async function idsOfWaiting(spool: string): Promise<readonly string[]> {
  const names = (await readdir(spool)).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(names.map((name) => readFile(join(spool, name), 'utf8').catch(gone)));
  return texts.flatMap((text) => (text === undefined ? [] : [waiting.parse(JSON.parse(text)).write.id]));
}

/** It landed since the folder was read. */
function gone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
