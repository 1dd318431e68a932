import { createHash } from 'node:crypto';

/** One version of a file of the vault. Trees share these objects, so a cached content lives as long as the version. */
export interface TreeFile {
  readonly path: string;
  /** The git blob id. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** The bytes once they are loaded; `too-large` when they are over the limit for notes. Set by the reader. */
  content?: Buffer | 'too-large';
  /** Whether it is not parsed because its owner's front matter in free form is over the bound. */
  readonly isUnparsed?: boolean;
}

/** The files of one folder by path. */
export type Folder = ReadonlyMap<string, TreeFile>;

/** All files at one head, by folder and path. Immutable: a changed tree shares the unchanged folders. */
export interface Tree {
  readonly folders: ReadonlyMap<string, Folder>;
}

/** The difference of one path between two trees. */
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

/** Returns the tree with files set, or removed where undefined, in the order given. */
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

/** The changes from one tree to another. Skips folders that both share. */
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

/** Whether a path can't be a file in the tree because it is a folder or one of its parents is a file. */
export function clashes(tree: Tree, path: string): boolean {
  if (clashingPart(tree, path) !== undefined) return true;
  for (const name of tree.folders.keys()) if (name === path || name.startsWith(`${path}/`)) return true;
  return false;
}

/** The part of a path that would be a folder and is a file in the tree. */
export function clashingPart(tree: Tree, path: string): string | undefined {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    if (fileAt(tree, path.slice(0, slash)) !== undefined) return path.slice(0, slash);
  }
  return undefined;
}

/** The git blob id of bytes, in a repository whose ids are as long as `like`. */
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
