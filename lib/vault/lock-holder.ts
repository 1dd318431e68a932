import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FolderLock } from './folder-state.ts';

/** Stands in the locks that this process makes, so that they can be told from others' after a kill. */
const MARK = 'karmakadabra';
const PROC = '/proc';
/** A git of this process starts others, which start others; no deeper than this. */
const MAX_PARENTS = 8;

/** What this process writes into a lock of its own. */
export function ownLockText(): string {
  return `${MARK} ${process.pid}\n`;
}

/** Whether a host made a lock; this host takes a lock of its kind over, as it owns the folder. */
export async function isOwnLock(file: string): Promise<boolean> {
  // An index in the making has other content.
  return (await readFile(file).catch(() => Buffer.alloc(0))).subarray(0, MARK.length).toString() === MARK;
}

/**
 * The process that may hold a lock below a `.git`: one that has it open, or a git whose current folder is in the work tree (it closes
 * the lock of an index before it starts an editor). This process's own gits take no such lock. `unknown` where the system doesn't tell: without /proc, or when the lock is
 * another user's.
 */
export async function holderOfLock(file: string): Promise<FolderLock['holder']> {
  const [own, lock] = await Promise.all([
    stat(`${PROC}/self`).catch(() => undefined),
    stat(file).catch(() => undefined),
  ]);
  const uid = process.getuid?.();
  if (own === undefined || lock === undefined || (uid !== 0 && lock.uid !== uid)) return 'unknown';
  const real = await realpath(file).catch(() => file);
  const root = real.slice(0, real.lastIndexOf(`${path.sep}.git${path.sep}`));
  for (const pid of await readdir(PROC)) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const name = (await readFile(`${PROC}/${pid}/comm`, 'utf8').catch(() => '')).trim();
    const isGit = name.startsWith('git') && isWithin(root, await readlink(`${PROC}/${pid}/cwd`).catch(() => ''));
    if ((isGit && !(await isOfThisProcess(pid))) || (await hasOpen(pid, real)))
      return { process: `${name} (process ${pid})` };
  }
  return 'none';
}

/** Whether this process started another, or one that did. */
async function isOfThisProcess(pid: string): Promise<boolean> {
  let at = pid;
  for (let parents = 0; parents < MAX_PARENTS; parents++) {
    // `<pid> (<name>) <state> <parent> …`; a name may hold anything.
    const stat = await readFile(`${PROC}/${at}/stat`, 'utf8').catch(() => '');
    at = stat.slice(stat.lastIndexOf(')') + 1).split(' ')[2] ?? '';
    if (at === String(process.pid)) return true;
    if (at === '' || at === '0') return false;
  }
  return false;
}

async function hasOpen(pid: string, file: string): Promise<boolean> {
  // Another user's process can't be seen; it could hold only a lock of its own.
  const fds = await readdir(`${PROC}/${pid}/fd`).catch(() => []);
  for (const fd of fds) if ((await readlink(`${PROC}/${pid}/fd/${fd}`).catch(() => '')) === file) return true;
  return false;
}

function isWithin(root: string, folder: string): boolean {
  return folder === root || folder.startsWith(`${root}${path.sep}`);
}
