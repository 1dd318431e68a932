import { type FileHandle, open, rm } from 'node:fs/promises';

/** The mode of a file that only its owner reads. */
export const PRIVATE = 0o600;

/** Opens a new file for writing that only its owner reads, from its first byte on, in the place of what was there. */
export async function createPrivateFile(path: string): Promise<FileHandle> {
  // What is there already would keep its own mode, and those who have it open would go on reading.
  await rm(path, { force: true });
  return open(path, 'wx', PRIVATE);
}
