import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { placeholderOf } from './sync-copies.ts';

/** Larger attachments stay on the person's disk and are not committed. */
export const MAX_EDIT_BYTES = 8 * 1024 * 1024;

/** What is at a path of the folder; `evicted` when a sync tool keeps the file elsewhere; `other` for a folder or link. */
export type FoundFile =
  | { readonly bytes: Buffer; readonly ageMs: number }
  | 'absent'
  | 'evicted'
  | 'too-large'
  | 'other';

/** Reads a file of a folder. */
export async function readFolderFile(root: string, file: string): Promise<FoundFile> {
  try {
    const found = await lstat(path.join(root, file));
    if (!found.isFile()) return 'other';
    if (found.size > MAX_EDIT_BYTES) return 'too-large';
    return { bytes: await readFile(path.join(root, file)), ageMs: Date.now() - found.mtimeMs };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    const isEvicted = await stat(path.join(root, placeholderOf(file))).then(
      () => true,
      () => false,
    );
    return isEvicted ? 'evicted' : 'absent';
  }
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
