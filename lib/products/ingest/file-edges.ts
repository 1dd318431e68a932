import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { LogSource } from './log-bytes.ts';

/** How much of a file's start and end is compared. */
const EDGE_BYTES = 4096;

/**
 * The size of a file and a digest of its start and end, by which it is known later whether it only grew; nothing for one in an
 * archive, which is written anew as a whole.
 */
export async function edgesOf(path: LogSource): Promise<string> {
  if (typeof path !== 'string') return '';
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return `${size}-${await digestOf(file, size)}`;
  } finally {
    await file.close();
  }
}

/** Whether a file still starts with what it was, as its edges tell, and is longer now. */
export async function hasGrown(path: LogSource, edges: string): Promise<boolean> {
  const [sizeBefore, digest] = edges.split('-');
  const size = Number(sizeBefore);
  if (typeof path !== 'string' || digest === undefined || !Number.isSafeInteger(size)) return false;
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    return (await file.stat()).size > size && (await digestOf(file, size)) === digest;
  } finally {
    await file.close();
  }
}

async function digestOf(file: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha256');
  for (const start of [0, Math.max(0, size - EDGE_BYTES)]) {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(EDGE_BYTES),
      0,
      Math.min(EDGE_BYTES, size - start),
      start,
    );
    hash.update(buffer.subarray(0, bytesRead));
  }
  return hash.digest('hex').slice(0, 32);
}
