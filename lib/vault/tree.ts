import { createHash } from 'node:crypto';

/** One file of the vault at one version. Trees share these, so what is cached on one lives as long as the version does. */
export interface TreeFile {
  readonly path: string;
  /** The git blob id. */
  readonly digest: string;
  /** The bytes once they are loaded; `too-large` where they are over the bound on notes. Filled by the reader. */
  content?: Buffer | 'too-large';
}

/** The files of one folder by path. */
export type Folder = ReadonlyMap<string, TreeFile>;

/** All files at one head, by folder and path. Immutable: a changed tree shares the folders that are the same. */
export interface Tree {
  readonly folders: ReadonlyMap<string, Folder>;
}

/** What differs at a path between two trees. */
export interface TreeChange {
  readonly path: string;
  readonly from: TreeFile | undefined;
  readonly to: TreeFile | undefined;
}

export const EMPTY_TREE: Tree = { folders: new Map() };

/** The file at a path. */
export function fileAt(tree: Tree, path: string): TreeFile | undefined {
  return tree.folders.get(folderOf(path))?.get(path);
}

/** The tree with files put (or taken out, where undefined), in the order given. */
export function withFiles(tree: Tree, changes: Iterable<readonly [path: string, file: TreeFile | undefined]>): Tree {
  const folders = new Map(tree.folders);
  const copies = new Map<string, Map<string, TreeFile>>();
  for (const [path, file] of changes) {
    const name = folderOf(path);
    let copy = copies.get(name);
    if (copy === undefined) {
      copy = new Map(folders.get(name));
      copies.set(name, copy);
      folders.set(name, copy);
    }
    if (file === undefined) copy.delete(path);
    else if (copy.get(path)?.digest !== file.digest) copy.set(path, file);
  }
  for (const [name, copy] of copies) if (copy.size === 0) folders.delete(name);
  return { folders };
}

/** What leads from one tree to another; folders that both share are not looked into. */
export function changesBetween(before: Tree, after: Tree): readonly TreeChange[] {
  const changes: TreeChange[] = [];
  for (const name of new Set([...before.folders.keys(), ...after.folders.keys()])) {
    const old = before.folders.get(name);
    const fresh = after.folders.get(name);
    if (old === fresh) continue;
    for (const [path, to] of fresh ?? []) {
      const from = old?.get(path);
      if (from?.digest !== to.digest) changes.push({ path, from, to });
    }
    for (const [path, from] of old ?? []) if (!fresh?.has(path)) changes.push({ path, from, to: undefined });
  }
  return changes;
}

/** Whether a path can't be a file in the tree because a part of it is one, or because it is a folder. */
export function clashes(tree: Tree, path: string): boolean {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    if (fileAt(tree, path.slice(0, slash)) !== undefined) return true;
  }
  for (const name of tree.folders.keys()) if (name === path || name.startsWith(`${path}/`)) return true;
  return false;
}

/** The id git gives to bytes in a repository whose ids are as long as `like`. */
export function blobDigest(bytes: Uint8Array, like: string): string {
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.byteLength}\0`)
    .update(bytes)
    .digest('hex');
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}
