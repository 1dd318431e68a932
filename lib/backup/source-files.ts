import { constants, type Dirent } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile } from './write-archive.ts';

/**
 * Gives one file of a folder with the size that it has now; what is appended later is left out. Nothing for a file that is gone, and
 * for a link, a pipe or a folder.
 */
export async function* fileIn(root: string, path: string): AsyncGenerator<SourceFile> {
  const handle = await openPlain(join(root, path));
  if (handle === undefined) return;
  try {
    const found = await handle.stat();
    if (!found.isFile()) return;
    yield {
      path,
      sizeBytes: found.size,
      modifiedMs: found.mtimeMs,
      bytes: () => firstBytes(handle, found.size),
    };
  } finally {
    await handle.close();
  }
}

/** Gives the files below a folder, in the order of their names. @param isWanted sees the path of each from `root`. */
export async function* filesBelow(
  root: string,
  folder: string,
  isWanted: (path: string) => boolean = () => true,
): AsyncGenerator<SourceFile> {
  for (const path of await pathsBelow(root, folder)) if (isWanted(path)) yield* fileIn(root, path);
}

/** The paths of the files below a folder, from `root`; none if there is no such folder. */
export async function pathsBelow(root: string, folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const entry of await list(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await pathsBelow(root, path)));
    else if (entry.isFile()) paths.push(path);
  }
  return paths;
}

/** A file whose bytes are in memory. */
export function fileOfBytes(path: string, bytes: Uint8Array, modifiedMs: number): SourceFile {
  return { path, sizeBytes: bytes.length, modifiedMs, bytes: () => [bytes] };
}

/** Reads a small file whole now, for what must be of one moment with others; undefined if it is gone. */
export async function readNow(root: string, path: string): Promise<SourceFile | undefined> {
  for await (const file of fileIn(root, path)) {
    const parts: Uint8Array[] = [];
    for await (const bytes of file.bytes()) parts.push(bytes);
    return fileOfBytes(path, Buffer.concat(parts), file.modifiedMs);
  }
  return undefined;
}

async function* firstBytes(handle: FileHandle, sizeBytes: number): AsyncGenerator<Uint8Array> {
  if (sizeBytes === 0) return;
  yield* handle.createReadStream({ start: 0, end: sizeBytes - 1, autoClose: false, highWaterMark: 256 * 1024 });
}

async function openPlain(file: string): Promise<FileHandle | undefined> {
  // Who opens a pipe waits for the other end, if not told otherwise.
  return open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ELOOP' || error.code === 'ENXIO') return undefined;
      throw error;
    },
  );
}

async function list(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException): Dirent[] => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
