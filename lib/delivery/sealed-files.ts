import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CHUNK_BYTES, CHUNKS_PER_BLOCK, chunkCountOf, sealedBytesOf } from './chunk-layout.ts';
import { regroup } from './chunks.ts';
import { toHex } from './hex.ts';
import { createTree, HASH_BYTES, hashChunks, pushAll } from './merkle.ts';
import type { ExpectedPackage } from './unpack.ts';

/** The paths of fetched goods in their folder. */
export function sealedFiles(dir: string): { readonly sealedPath: string; readonly leavesPath: string } {
  return { sealedPath: join(dir, 'sealed.bin'), leavesPath: join(dir, 'leaves.bin') };
}

/**
 * Whether a folder holds the goods of this very quote: both files are hashed each time. Their names alone say only that they
 * were as another quote promised, perhaps, or that they were so before a crash. Streams.
 */
export async function isFetched(dir: string, expected: ExpectedPackage): Promise<boolean> {
  const { sealedPath, leavesPath } = sealedFiles(dir);
  const chunkCount = chunkCountOf(expected.sizeBytes);
  if ((await sizeOf(sealedPath)) !== sealedBytesOf(expected.sizeBytes)) return false;
  if ((await sizeOf(leavesPath)) !== chunkCount * HASH_BYTES) return false;
  return (
    (await rootOf(leavesPath, CHUNKS_PER_BLOCK * HASH_BYTES, (leaves) => leaves)) === expected.contentRoot &&
    (await rootOf(sealedPath, CHUNKS_PER_BLOCK * CHUNK_BYTES, hashChunks)) === expected.sealedRoot
  );
}

/** Deletes the fetched goods of a folder; no error if there are none. */
export async function removeSealedFiles(dir: string): Promise<void> {
  const { sealedPath, leavesPath } = sealedFiles(dir);
  await rm(leavesPath, { force: true });
  await rm(sealedPath, { force: true });
}

async function rootOf(path: string, blockBytes: number, leavesOf: (block: Buffer) => Buffer): Promise<string> {
  const tree = createTree();
  for await (const block of regroup(createReadStream(path), blockBytes)) pushAll(tree, leavesOf(block));
  return toHex(tree.root());
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
