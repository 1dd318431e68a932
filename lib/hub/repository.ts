import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createBareRemote } from '../vault/bare-remote.ts';
import { runGit } from './git-run.ts';
import { installHook } from './push-hook.ts';

const SETTINGS: Readonly<Record<string, string>> = {
  'receive.fsckObjects': 'true',
  'receive.fsck.nulInCommit': 'error',
  'receive.denyNonFastForwards': 'true',
  'receive.denyDeletes': 'true',
  'receive.denyDeleteCurrent': 'refuse',
  // The hub packs when nobody pushes (repository-maintenance.ts).
  'receive.autogc': 'false',
  // A push is kept as the pack that it came as: git would hold the large objects of a small one in memory all at once, and
  // write each version that a delta makes in full.
  'receive.unpackLimit': '1',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'receive.maxInputSize': String(64 * 2 ** 20),
  // Larger files are streamed to disk and never held in memory.
  'core.bigFileThreshold': '16m',
  'core.logAllRefUpdates': 'false',
  'core.deltaBaseCacheLimit': '16m',
  'pack.threads': '1',
  'pack.windowMemory': '64m',
  // An accepted push is on disk, also after a power cut.
  'core.fsync': 'loose-object,pack,reference',
  'core.fsyncMethod': 'batch',
};

/** A lock younger than this may belong to a git process of an earlier hub that is still ending. */
const LOCK_AGE_MS = 1500;
/** What git calls objects and packs that it hasn't received or written completely. */
const ABANDONED = /^(?:tmp_|incoming-|\.tmp-)/;
const ABANDONED_MS = 900_000;

/**
 * Opens the vault's bare repository with the hub's settings and hook; creates it from the seed when absent.
 * @throws SwarmError `local/not-a-vault-remote` or `hub/no-hook`.
 */
export async function openRepository(repository: string, hooks: string, seedDir: string): Promise<void> {
  await removeLeftovers(repository);
  await createBareRemote({ path: repository, seedDir });
  await installHook(hooks);
  const current = await runGit(['config', '--local', '--list', '-z'], { repository });
  const known = new Set(current.toString().split('\0'));
  for (const [key, value] of Object.entries({ ...SETTINGS, 'core.hooksPath': path.resolve(hooks) })) {
    if (!known.has(`${key.toLowerCase()}\n${value}`)) await runGit(['config', '--local', key, value], { repository });
  }
}

/**
 * Removes objects that a push or a repacking left half-received, where its git was killed; only those that none can still be
 * writing: older than all their time limits.
 */
export async function removeAbandoned(repository: string, nowMs: number): Promise<void> {
  for (const folder of ['objects', 'objects/pack']) {
    const from = path.join(repository, folder);
    for (const name of await readdir(from).catch(() => [] as string[])) {
      if (!ABANDONED.test(name)) continue;
      const file = path.join(from, name);
      const found = await stat(file).catch(() => undefined);
      if (found !== undefined && nowMs - found.mtimeMs > ABANDONED_MS) await rm(file, { recursive: true, force: true });
    }
  }
}

/** Removes locks and half-received objects that a kill left behind. Nobody else may be writing to the repository. */
async function removeLeftovers(repository: string): Promise<void> {
  for (const folder of ['', 'refs/heads', 'objects/info', 'objects', 'objects/pack']) {
    const from = path.join(repository, folder);
    for (const name of await readdir(from).catch(() => [] as string[])) {
      const isLeft = name.endsWith('.lock') || (folder.startsWith('objects') && ABANDONED.test(name));
      if (!isLeft) continue;
      const file = path.join(from, name);
      const age = Date.now() - ((await stat(file).catch(() => undefined)) ?? { mtimeMs: 0 }).mtimeMs;
      if (age >= 0 && age < LOCK_AGE_MS) await delay(LOCK_AGE_MS - age);
      await rm(file, { recursive: true, force: true });
    }
  }
}
