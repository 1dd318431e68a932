import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NoteProblem } from '../core/note.ts';
import type { Git } from './git.ts';
import { readGitRecords } from './git-records.ts';
import {
  addToTally,
  createScopeFinder,
  createSieve,
  describeCuts,
  isCut,
  MAX_AGENT_FOLDERS,
  parseEntry,
  type ScopeTally,
  type Sifted,
  type TreeEntry,
} from './scope-tally.ts';
import { changesBetween, EMPTY_TREE, fileAt, type Tree, type TreeFile, withFiles } from './tree.ts';

/** From so many changed paths on, a head is read anew: that holds only what is kept of it. */
const MAX_CHANGES = 10_000;
/** Changes that are looked at before the loop has a turn: a name of rare letters takes some 20 µs. */
const CHANGES_AT_ONCE = 500;
/** From so many scopes on, a listing of the whole head is one command that costs less. */
const MAX_LISTED_SCOPES = 50;
/** How many paths are given to one command: the system bounds the length of arguments. */
const PATHS_A_COMMAND = 500;

/** The files of a commit that are read: of each scope what fits its bounds. Immutable. */
export interface GitTree {
  readonly tree: Tree;
  /** Paths left out: links, submodules and unsafe names. At most some for each scope. */
  readonly badNames: ReadonlySet<string>;
  /** What the commit has in each scope, by the scope's folder. */
  readonly tallies: ReadonlyMap<string, ScopeTally>;
  readonly foldersLeftOut: number;
}

const NOTHING: GitTree = { tree: EMPTY_TREE, badNames: new Set(), tallies: new Map(), foldersLeftOut: 0 };

/** Reads the files of a head. Shares with `like` what is the same there. */
export async function readTree(git: Git, head: string, like: GitTree = NOTHING): Promise<GitTree> {
  const { files, badNames, tallies, foldersLeftOut } = await listHead(git, head);
  return { tree: treeOf(files, like.tree), badNames: new Set(badNames), tallies, foldersLeftOut };
}

/** Updates a tree from one head to another by reading only what differs. */
export async function moveTree(git: Git, from: GitTree, fromHead: string, toHead: string): Promise<GitTree> {
  const changed: [path: string, mode: string, digest: string][] = [];
  let meta: string | undefined;
  await readGitRecords(git, ['diff-tree', '-r', '-z', '--no-renames', fromHead, toHead], (record) => {
    if (meta === undefined) meta = record;
    else {
      const [, mode = '', , digest = ''] = meta.split(' ');
      changed.push([record, mode, digest]);
      meta = undefined;
    }
    return changed.length < MAX_CHANGES;
  });
  if (changed.length >= MAX_CHANGES) return readTree(git, toHead, from);
  const sizes = await readSizes(git, new Set(changed.flatMap(([, mode, digest]) => (isGone(mode) ? [] : [digest]))));
  const entries: Change[] = [];
  for (const [path, mode, digest] of changed) {
    const entry = isGone(mode) ? undefined : parseEntry(path, mode, digest, sizes.get(digest) ?? 0);
    if (entries.push({ path, entry }) % CHANGES_AT_ONCE === 0) await nextTurn();
  }
  return update(git, from, entries, toHead);
}

/** Updates a tree to a head that has the files of `after`, which was made from it. */
export async function advanceTree(git: Git, from: GitTree, after: Tree, toHead: string): Promise<GitTree> {
  const entries = changesBetween(from.tree, after).map(({ path, to }) => ({
    path,
    entry: to === undefined ? undefined : { path, file: to },
  }));
  return update(git, from, entries, toHead);
}

/** The tree of a head with the files at some paths also where they are over the bounds: who writes them must know them. */
export async function withLeftOut(git: Git, from: GitTree, head: string, paths: readonly string[]): Promise<Tree> {
  const scopeOf = createScopeFinder();
  const hidden = paths.filter((path) => {
    if (fileAt(from.tree, path) !== undefined) return false;
    return from.foldersLeftOut > 0 || isCut(from.tallies.get(scopeOf(path).folder));
  });
  const files: [string, TreeFile][] = [];
  for (let at = 0; at < hidden.length; at += PATHS_A_COMMAND) {
    await readEntries(git, [head, '--', ...hidden.slice(at, at + PATHS_A_COMMAND)], ({ path, file }) => {
      if (file !== undefined) files.push([path, file]);
    });
  }
  return files.length === 0 ? from.tree : withFiles(from.tree, files);
}

/** Says what of a head is not read. */
export function treeProblems({ badNames, tallies, foldersLeftOut }: GitTree): readonly NoteProblem[] {
  const bad = [...badNames].map((path) => ({
    path,
    code: 'vault/bad-path',
    detail: 'not a plain file with a safe name',
  }));
  return [...bad, ...describeCuts(tallies.values(), foldersLeftOut)];
}

interface Change {
  readonly path: string;
  /** Undefined when there is nothing any more. */
  readonly entry: TreeEntry | undefined;
}

async function update(git: Git, from: GitTree, changes: readonly Change[], toHead: string): Promise<GitTree> {
  const scopeOf = createScopeFinder();
  const tallies = new Map(from.tallies);
  const badNames = new Set(from.badNames);
  const touched = new Set<string>();
  const files: [string, TreeFile | undefined][] = [];
  for (const [index, { path, entry }] of changes.entries()) {
    if (index % CHANGES_AT_ONCE === 0) await nextTurn();
    const scope = scopeOf(path);
    touched.add(scope.folder);
    const before = fileAt(from.tree, path);
    if (before !== undefined) addToTally(tallies, scope, { path, file: before }, -1);
    else if (badNames.delete(path)) addToTally(tallies, scope, { path, file: undefined }, -1);
    if (entry !== undefined) addToTally(tallies, scope, entry, 1);
    if (entry !== undefined && entry.file === undefined) badNames.add(path);
    files.push([path, entry?.file]);
  }
  const tree = withFiles(from.tree, files);
  const agentFolders = [...tallies.keys()].filter((folder) => folder.startsWith('agents/')).length;
  const moved: GitTree = { tree, badNames, tallies, foldersLeftOut: 0 };
  if (from.foldersLeftOut > 0 || agentFolders > MAX_AGENT_FOLDERS) return readTree(git, toHead, moved);
  // What a cut scope has is known only by listing it: what is over isn't remembered.
  const cut = [...touched].filter((folder) => isCut(from.tallies.get(folder)) || isCut(tallies.get(folder)));
  return cut.length === 0 ? moved : relist(git, moved, new Set(cut), toHead);
}

/** Reads some scopes of a head again. */
async function relist(git: Git, from: GitTree, scopes: ReadonlySet<string>, head: string): Promise<GitTree> {
  const scopeOf = createScopeFinder();
  const isInScope = (path: string): boolean => scopes.has(scopeOf(path).folder);
  const sifted = await listHead(git, head, scopes);
  const kept = new Map(sifted.files.map((file) => [file.path, file]));
  const changes: [string, TreeFile | undefined][] = sifted.files
    .filter(({ path, digest }) => fileAt(from.tree, path)?.digest !== digest)
    .map((file) => [file.path, file]);
  const hasAgents = [...scopes].some((folder) => folder.startsWith('agents/'));
  for (const [name, folder] of from.tree.folders) {
    const isOfAgent = scopeOf(`${name}/x`).folder.startsWith('agents/');
    // All files of an agent's folder are in its scope.
    if (isOfAgent && (!hasAgents || !isInScope(`${name}/x`))) continue;
    for (const path of folder.keys()) if (!kept.has(path) && isInScope(path)) changes.push([path, undefined]);
  }
  const tallies = new Map(from.tallies);
  for (const folder of scopes) tallies.delete(folder);
  for (const [folder, tally] of sifted.tallies) tallies.set(folder, tally);
  const badNames = new Set([...[...from.badNames].filter((path) => !isInScope(path)), ...sifted.badNames]);
  return { tree: withFiles(from.tree, changes), badNames, tallies, foldersLeftOut: from.foldersLeftOut };
}

async function listHead(git: Git, head: string, scopes?: ReadonlySet<string>): Promise<Sifted> {
  const sieve = createSieve(scopes);
  const folders = scopes === undefined ? [] : [...scopes];
  // Other scopes are no folders, or have others within: they are found by reading all paths.
  const isFew = folders.length <= MAX_LISTED_SCOPES && folders.every((folder) => folder.startsWith('agents/'));
  await readEntries(git, ['-r', head, ...(isFew ? ['--', ...folders] : [])], sieve.take);
  return sieve.finish();
}

async function readEntries(git: Git, args: readonly string[], take: (entry: TreeEntry) => void): Promise<void> {
  await readGitRecords(git, ['ls-tree', '-z', '-l', '--full-tree', ...args], (record) => {
    const [, mode, digest, size, path] = /^(\d+) \S+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(record) ?? [];
    if (mode !== undefined && digest !== undefined && path !== undefined) {
      take(parseEntry(path, mode, digest, Number(size === '-' ? 0 : size)));
    }
    return true;
  });
}

/** The sizes of blobs by digest. */
async function readSizes(git: Git, digests: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  if (digests.size === 0) return sizes;
  const take = (line: string): boolean => {
    const [digest = '', size] = line.split(' ');
    if (/^\d+$/.test(size ?? '')) sizes.set(digest, Number(size));
    return true;
  };
  const input = [...digests].map((digest) => `${digest}\n`);
  await readGitRecords(git, ['cat-file', '--batch-check=%(objectname) %(objectsize)'], take, { input, end: 10 });
  return sizes;
}

/** Whether git's mode says that there is nothing. */
function isGone(mode: string): boolean {
  return /^0+$/.test(mode);
}

/** A tree of files, with the folders and files of another where they are the same. */
function treeOf(files: readonly TreeFile[], like: Tree): Tree {
  const folders = new Map<string, Map<string, TreeFile>>();
  for (const file of files) {
    const slash = file.path.lastIndexOf('/');
    const name = slash === -1 ? '' : file.path.slice(0, slash);
    let folder = folders.get(name);
    if (folder === undefined) {
      folder = new Map();
      folders.set(name, folder);
    }
    const known = like.folders.get(name)?.get(file.path);
    folder.set(file.path, known?.digest === file.digest ? known : file);
  }
  const shared = [...folders].map(([name, folder]) => {
    const known = like.folders.get(name);
    const isSame = known?.size === folder.size && [...folder].every(([path, file]) => known.get(path) === file);
    return [name, isSame ? known : folder] as const;
  });
  return { folders: new Map(shared) };
}

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
