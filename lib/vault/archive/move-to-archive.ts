import { SwarmError } from '../../core/errors.ts';
import type { Git } from '../git.ts';
import { readTree } from '../git-tree.ts';
import { fileAt, type Tree } from '../tree.ts';
import { commitFiles, moveRef, refAt } from './archive-commits.ts';

/** What moves from `main` to a ref of the archive. */
export interface ArchiveMove {
  /** The ref, as in `refs/archive/2026-11`. */
  readonly ref: string;
  readonly message: string;
  /** The files that move, by the versions that were looked at. */
  readonly moved: ReadonlyMap<string, { readonly digest: string }>;
  /** The files that are only deleted, by their versions: they came after what they belong to was archived. */
  readonly dropped: ReadonlyMap<string, { readonly digest: string }>;
  /** The index pages that `main` gets. @param commit the commit that holds the files. */
  readonly pages: (commit: string) => readonly { readonly path: string; readonly text: string }[];
  /** Seconds since 1970. */
  readonly at: number;
}

/** The result: `changed` when a file is another by now, so that it must be looked at again. */
export type Moved =
  | { readonly result: 'moved'; readonly commit: string; readonly head: string }
  | { readonly result: 'changed' };

export const MAIN = 'refs/heads/main';
/** How often the move is tried on a newer head: each takes some 100 ms, and hosts push two times a second. */
const MOST_TRIES = 50;

/**
 * Moves files from `main` to a ref of the archive, in the repository itself: first the ref, then one commit on `main` that deletes
 * them and adds the index pages. Killed anywhere, it is safe to run again: the ref may then hold files that `main` still has.
 * @throws SwarmError `vault/archive-raced` when `main` moves faster than it, and what running git throws.
 */
export async function moveToArchive(git: Git, move: ArchiveMove): Promise<Moved> {
  const { ref, message, moved, dropped, at } = move;
  const gone = new Map([...moved, ...dropped]);
  let head = await headOf(git);
  if (!holds((await readTree(git, head)).tree, gone)) return { result: 'changed' };
  const commit = await keepFiles(git, move);
  const pages = move.pages(commit).map(({ path, text }) => [path, { text }] as const);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const files = [...[...gone.keys()].map((path) => [path, undefined] as const), ...pages];
    const next = await commitFiles(git, { message, parent: head, files }, at);
    if (await moveRef(git, MAIN, head, next)) return { result: 'moved', commit, head: next };
    const newest = await headOf(git);
    const changed = await git.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', head, newest]);
    if (changed.split('\0').some((path) => gone.has(path))) return { result: 'changed' };
    head = newest;
  }
  throw new SwarmError({
    code: 'vault/archive-raced',
    disposition: 'retry',
    message: `The vault's branch main moved ${MOST_TRIES} times while ${ref} was made`,
    next: 'Nothing on main has changed; it is tried again later.',
  });
}

/** Puts the files into the ref, beside what it holds; returns its commit. Makes none when it holds all of them already. */
async function keepFiles(git: Git, { ref, message, moved, at }: ArchiveMove): Promise<string> {
  const before = await refAt(git, ref);
  if (before !== undefined && holds((await readTree(git, before)).tree, moved)) return before;
  const commit = await commitFiles(git, { message, parent: before, files: moved }, at);
  if (await moveRef(git, ref, before, commit)) return commit;
  throw new SwarmError({
    code: 'vault/archive-raced',
    disposition: 'retry',
    message: `Somebody else moved ${ref}`,
    next: 'Only one program may archive. Nothing on main has changed; it is tried again later.',
  });
}

async function headOf(git: Git): Promise<string> {
  return (await git.run(['rev-parse', '--verify', `${MAIN}^{commit}`])).trim();
}

function holds(tree: Tree, files: ReadonlyMap<string, { readonly digest: string }>): boolean {
  return [...files].every(([path, { digest }]) => fileAt(tree, path)?.digest === digest);
}
