import { copyFile, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Git } from './git.ts';
import { isOwnLock, ownLockText } from './lock-holder.ts';

/** An index for another commit, made beside the folder's own. */
export interface PreparedIndex {
  readonly commit: string;
  readonly file: string;
}

/** The folder's git while no other one changes it. */
export interface LockedIndex {
  /** Moves main from one commit to that of a prepared index, and makes it the folder's; `written` are files that were written since. */
  readonly moveMain: (from: string, to: PreparedIndex, written: readonly string[]) => Promise<void>;
}

/**
 * Makes an index for a commit without touching the folder's, so that its lock is needed for a moment only.
 * @param isFresh true to use nothing of the folder's index.
 */
export async function prepareIndex(git: Git, commit: string, isFresh = false): Promise<PreparedIndex> {
  const file = path.join(git.folder, '.git', 'karmakadabra-index');
  await rm(file, { force: true });
  await rm(`${file}.lock`, { force: true });
  if (!isFresh) await copyFile(path.join(git.folder, '.git', 'index'), file).catch(ignoreAbsent);
  await git.run(['reset', '--quiet', commit, '--', '.'], { indexFile: file });
  return { commit, file };
}

/** Runs a function while this process holds the lock that every git needs to change the work tree; `locked` when another has it. */
export async function withIndexLock<Result>(
  git: Git,
  run: (locked: LockedIndex) => Promise<Result>,
): Promise<Result | 'locked'> {
  const lock = path.join(git.folder, '.git', 'index.lock');
  if (!(await takeLock(lock))) return 'locked';
  try {
    return await run({
      moveMain: async (from, { commit, file }, written) => {
        // Git would compare files with other times byte by byte at each look.
        if (written.length > 0) {
          const input = Buffer.from(written.map((name) => `${name}\0`).join(''));
          const refresh = ['--literal-pathspecs', 'add', '--refresh', '--pathspec-from-file=-', '--pathspec-file-nul'];
          await git.run(refresh, { input, indexFile: file }).catch(() => undefined);
        }
        if (from !== commit) await git.run(['update-ref', 'refs/heads/main', commit, from]);
        await rename(file, path.join(git.folder, '.git', 'index'));
      },
    });
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(file: string): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(ownLockText());
      await handle.close();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // One of a host that was killed: only one host at a time owns the folder.
      if (!(await isOwnLock(file))) return false;
      await rm(file, { force: true });
    }
  }
  return false;
}

function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
