import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileFacts } from './folder-state.ts';
import { placeholderOf } from './sync-copies.ts';

/** Larger attachments stay on the person's disk and are not committed. */
export const MAX_EDIT_BYTES = 8 * 1024 * 1024;

/**
 * What is at a path of the folder; `evicted` when a sync tool keeps the file elsewhere; `link` when it is a link or a pipe, `behind-link`
 * when a folder on the way to it is one; `unreadable` when the system refuses to read it. A folder is no file: `absent`.
 */
export type FoundFile =
  | { readonly bytes: Buffer; readonly ageMs: number }
  | 'absent'
  | 'evicted'
  | 'too-large'
  | 'link'
  | 'behind-link'
  | 'unreadable';

/** What is known of files that differ from the host's own head. Digests are blob ids, empty for an absent file. */
export interface FolderFiles {
  /** The version last returned as an edit, by path, and the digest of the file's bytes, which an editor's line ends make another. */
  readonly taken: Map<string, { readonly digest: string; readonly rawDigest: string }>;
  /** The version on which a file was typed, where it is no longer the one that is shown. */
  readonly bases: Map<string, string>;
  /** Files that hold a version of the vault that isn't shown: the digest of their bytes. An update writes over them. */
  readonly strays: Map<string, string>;
  /** Files that were too young to be read when main was moved, with what a person's commit did to them. */
  readonly unread: Map<string, FileFacts['commit']>;
  /** Files that were absent at the last scan: the next one takes that for a deletion. */
  readonly missing: Set<string>;
  /** Files that are not in the vault, and why. */
  readonly findings: Map<string, string>;
}

/** Reads a file of a folder. */
export async function readFolderFile(root: string, file: string): Promise<FoundFile> {
  try {
    if (await isBehindLink(root, file)) return 'behind-link';
    const found = await lstat(path.join(root, file));
    if (found.isDirectory()) return 'absent';
    if (!found.isFile()) return 'link';
    if (found.size > MAX_EDIT_BYTES) return 'too-large';
    return { bytes: await readFile(path.join(root, file)), ageMs: Date.now() - found.mtimeMs };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return 'unreadable';
    const isEvicted = await stat(path.join(root, placeholderOf(file))).then(
      () => true,
      () => false,
    );
    return isEvicted ? 'evicted' : 'absent';
  }
}

/** Whether a folder on the way to a file is a link: what is behind it is not in this folder, as it is not for git. */
async function isBehindLink(root: string, file: string): Promise<boolean> {
  for (let slash = file.indexOf('/'); slash !== -1; slash = file.indexOf('/', slash + 1)) {
    if ((await lstat(path.join(root, file.slice(0, slash)))).isSymbolicLink()) return true;
  }
  return false;
}

/** Writes a file of a folder whole, or removes it with the folders that become empty. */
export async function writeFolderFile(root: string, file: string, content: Buffer | undefined): Promise<void> {
  const target = path.join(root, file);
  if (content === undefined) {
    await rm(target, { force: true });
    await removeEmptyFolders(root, path.dirname(target));
    return;
  }
  const draft = path.join(root, '.git', `karmakadabra-${randomUUID()}.tmp`);
  await writeFile(draft, content);
  await mkdir(path.dirname(target), { recursive: true });
  await rename(draft, target);
}

async function removeEmptyFolders(root: string, from: string): Promise<void> {
  for (let folder = from; folder.startsWith(`${root}${path.sep}`); folder = path.dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}
