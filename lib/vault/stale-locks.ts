import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** A lock younger than this may belong to a git that still runs, so it is waited for. */
const LOCK_AGE_MS = 1500;
/** A git that runs keeps the lock of a ref for milliseconds; one this old, named in an error, was left by a git that has ended. */
const LEFT_MS = 30_000;
/** File times may be coarser than the clock. */
const CLOCK_MS = 1_000;

const FOLDERS: readonly string[] = ['', 'refs', 'info', 'objects/info', 'worktrees'];

/** Removes `*.lock` files under `.git` whose git process has ended, waiting for young ones. For when nobody else runs git here. */
export async function removeStaleLocks(gitDir: string): Promise<void> {
  for (const file of await locksOf(gitDir)) await removeStale(file);
}

/** Removes the locks that were made since a time (ms since 1970): those of a git that was killed. */
export async function removeLocksSince(gitDir: string, sinceMs: number): Promise<void> {
  for (const file of await locksOf(gitDir)) {
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && found.mtimeMs >= sinceMs - CLOCK_MS) await rm(file, { force: true });
  }
}

/**
 * Removes the lock that git's error names if it is under `.git` and was left by a git that has ended. The index's lock may be of a
 * person who is writing the message of a commit, and stays. Returns whether one was removed.
 */
export async function removeNamedLock(gitDir: string, message: string): Promise<boolean> {
  const file = /Unable to create '([^']+\.lock)': File exists/.exec(message)?.[1];
  if (file === undefined) return false;
  const inGit = path.relative(gitDir, path.resolve(path.dirname(gitDir), file));
  if (inGit.startsWith('..') || path.isAbsolute(inGit) || inGit === 'index.lock') return false;
  const found = await stat(path.join(gitDir, inGit)).catch(() => undefined);
  if (found === undefined || Date.now() - found.mtimeMs < LEFT_MS) return false;
  await rm(path.join(gitDir, inGit), { force: true });
  return true;
}

async function locksOf(gitDir: string): Promise<readonly string[]> {
  const locks: string[] = [];
  for (const folder of FOLDERS) {
    const from = path.join(gitDir, folder);
    const names = await readdir(from, { recursive: folder !== '' }).catch(() => [] as string[]);
    for (const name of names) if (name.endsWith('.lock')) locks.push(path.join(from, name));
  }
  return locks;
}

async function removeStale(file: string): Promise<void> {
  for (;;) {
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => undefined,
    );
    if (age === undefined) return;
    // A time in the future means that the clock was set back; such a lock is stale too.
    if (age >= LOCK_AGE_MS || age < -1000) return rm(file, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
