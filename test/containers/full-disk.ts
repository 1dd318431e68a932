import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Leaves no room on a disk until what is given back is called. */
export async function fillDisk(disk: string): Promise<() => Promise<void>> {
  const ballast = join(disk, 'ballast');
  await mkdir(ballast);
  await fill(join(ballast, 'bytes'));
  return () => rm(ballast, { recursive: true });
}

/** Writes until there is no room. */
async function fill(file: string): Promise<void> {
  const piece = Buffer.alloc(1 << 20);
  const handle = await open(file, 'w');
  try {
    for (;;) await handle.write(piece);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error;
  } finally {
    await handle.close();
  }
}
