import { type FileHandle, open, rm } from 'node:fs/promises';

/** The mode of a file that only its owner may read and write. */
export const PRIVATE = 0o600;

/** Replaces a file with a new one that is {@link PRIVATE} from its first byte, and opens it for writing. */
export async function createPrivateFile(path: string): Promise<FileHandle> {
  // An existing file would keep its mode, and whoever has it open could go on reading.
  await rm(path, { force: true });
  return open(path, 'wx', PRIVATE);
}
