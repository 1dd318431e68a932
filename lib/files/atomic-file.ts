import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a finished file durable under its final name: fsync, rename, fsync of the folder. Replaces what is there. */
export async function commitFile(temporary: string, path: string): Promise<void> {
  await syncPath(temporary);
  await rename(temporary, path);
  await syncPath(dirname(path));
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
