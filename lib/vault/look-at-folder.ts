import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FolderLock, FolderLook } from './folder-state.ts';
import type { Git } from './git.ts';
import { holderOfLock, isOwnLock } from './lock-holder.ts';

/** What git leaves below `.git` while it is in the middle of something. */
const OPERATIONS: readonly (readonly [name: string, operation: string])[] = [
  ['MERGE_HEAD', 'a merge'],
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['sequencer', 'a cherry-pick'],
];
/** The locks without which git changes nothing in a work tree. */
const LOCKS: readonly string[] = ['index.lock', 'HEAD.lock', 'refs/heads/main.lock'];
/** What git says of an index that it can't read. */
const BROKEN_INDEX =
  /index file (?:corrupt|smaller|open failed)|bad (?:index file sha1 )?signature|bad index version|unknown index entry|index uses .* extension|unordered stage entries/i;

/** Looks at the folder's git, mostly without starting one. The last look spares it the search for conflicts where the index is the same. */
export async function lookAtFolder(git: Git, last?: FolderLook): Promise<FolderLook> {
  const gitDir = path.join(git.folder, '.git');
  const inGit = (name: string) => path.join(gitDir, name);
  const [head, headMark, indexMark, main, stash, lock] = await Promise.all([
    readFile(inGit('HEAD'), 'utf8').then((text) => text.trim()),
    markOf(inGit('HEAD')),
    markOf(inGit('index')),
    readRef(gitDir, 'refs/heads/main'),
    readRef(gitDir, 'refs/stash'),
    findLock(gitDir),
  ]);
  const ref = /^ref: (.*)$/.exec(head)?.[1];
  const branch = ref?.replace(/^refs\/heads\//, '');
  const found = await Promise.all(
    OPERATIONS.map(async ([name, operation]) => ((await exists(inGit(name))) ? operation : undefined)),
  );
  const isIndexSame = last?.indexMark === indexMark;
  const index = isIndexSame ? last : await readIndex(git);
  return {
    branch,
    checkedOut: ref === undefined ? head : branch === 'main' ? main : await readRef(gitDir, ref),
    main,
    stash,
    headMark,
    indexMark,
    operation: found.find((operation) => operation !== undefined),
    hasConflicts: index.hasConflicts,
    isIndexBroken: index.isIndexBroken,
    lock,
  };
}

/** Whether an error of git tells that it can't read its index. */
export function isBrokenIndex(error: unknown): boolean {
  return error instanceof Error && BROKEN_INDEX.test(error.message);
}

async function readIndex(git: Git): Promise<Pick<FolderLook, 'hasConflicts' | 'isIndexBroken'>> {
  try {
    const unmerged = await git.run(['ls-files', '--unmerged', '-z']);
    return { hasConflicts: unmerged !== '', isIndexBroken: false };
  } catch (error) {
    if (isBrokenIndex(error)) return { hasConflicts: false, isIndexBroken: true };
    throw error;
  }
}

async function findLock(gitDir: string): Promise<FolderLock | undefined> {
  for (const name of LOCKS) {
    const file = path.join(gitDir, name);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) continue;
    if (await isOwnLock(file)) continue;
    // A time in the future means that the clock was set back.
    const age = Date.now() - found.mtimeMs;
    const ageMs = age < -1000 ? Number.POSITIVE_INFINITY : age;
    return { name, ageMs, holder: await holderOfLock(file) };
  }
  return undefined;
}

async function readRef(gitDir: string, ref: string): Promise<string> {
  const loose = await readFile(path.join(gitDir, ref), 'utf8').catch(() => '');
  if (loose !== '') return loose.trim();
  const packed = await readFile(path.join(gitDir, 'packed-refs'), 'utf8').catch(() => '');
  return (
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ', 1)[0] ?? ''
  );
}

/** Changes whenever git writes the file: it writes another one and renames it. */
async function markOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined ? '' : `${found.ino}:${found.mtimeNs}:${found.size}`;
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
