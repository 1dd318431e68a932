import type { Git } from './git.ts';
import { isSafePath } from './paths.ts';
import { EMPTY_TREE, type Tree, type TreeFile, withFiles } from './tree.ts';

/** The tree of a commit, and the paths left out of it: links, submodules and unsafe names. */
export interface GitTree {
  readonly tree: Tree;
  readonly leftOut: ReadonlySet<string>;
}

type Entry = readonly [path: string, mode: string, digest: string];

/** Reads all files of a head. */
export async function readTree(git: Git, head: string): Promise<GitTree> {
  const entries: Entry[] = [];
  for (const record of (await git.run(['ls-tree', '-r', '-z', '--full-tree', head])).split('\0')) {
    const match = /^(\d+) \S+ ([0-9a-f]+)\t(.*)$/s.exec(record);
    if (match !== null) entries.push([match[3] ?? '', match[1] ?? '', match[2] ?? '']);
  }
  return apply({ tree: EMPTY_TREE, leftOut: new Set() }, entries);
}

/** Updates a tree from one head to another by reading only what differs. */
export async function moveTree(git: Git, from: GitTree, fromHead: string, toHead: string): Promise<GitTree> {
  const fields = (await git.run(['diff-tree', '-r', '-z', '--no-renames', fromHead, toHead])).split('\0');
  const entries: Entry[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode, , digest] = (fields[at] ?? '').split(' ');
    entries.push([fields[at + 1] ?? '', mode ?? '', digest ?? '']);
  }
  return apply(from, entries);
}

/** How many paths one command is given. */
const PATHS_A_COMMAND = 500;

/** Which of some paths a head holds, in its tree or left out of it. */
export async function pathsHeldBy(git: Git, head: string, paths: readonly string[]): Promise<readonly string[]> {
  const held: string[] = [];
  for (let at = 0; at < paths.length; at += PATHS_A_COMMAND) {
    const some = paths.slice(at, at + PATHS_A_COMMAND);
    const names = await git.run(['ls-tree', '-z', '--name-only', '--full-tree', head, '--', ...some]);
    held.push(...names.split('\0').filter((name) => name !== ''));
  }
  return held;
}

function apply(from: GitTree, entries: readonly Entry[]): GitTree {
  const leftOut = new Set(from.leftOut);
  const changes: [string, TreeFile | undefined][] = [];
  for (const [path, mode, digest] of entries) {
    const isFile = mode.startsWith('100');
    leftOut.delete(path);
    if (isFile && isSafePath(path)) changes.push([path, { path, digest }]);
    else {
      if (!/^0+$/.test(mode)) leftOut.add(path);
      changes.push([path, undefined]);
    }
  }
  return { tree: withFiles(from.tree, changes), leftOut };
}
