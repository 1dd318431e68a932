import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Hex } from 'viem';
import { type Blinding, createBlinding } from './blinding.ts';
import { chunkCountOf } from './chunk-layout.ts';
import { blindChunks } from './chunks.ts';
import { toHex } from './hex.ts';
import { createTree, hashChunks, pushAll } from './merkle.ts';

/** What an offer and a quote promise about a file. */
export interface GoodsDescription {
  readonly sizeBytes: number;
  /** SHA-256 of the file. */
  readonly contentDigest: Hex;
  /** Merkle root of the blinded chunks. */
  readonly contentRoot: Hex;
  readonly chunkCount: number;
}

/**
 * Describes a file: same bytes and same seed give the same description. Reads it twice, because the blinding needs
 * the digest; memory doesn't grow with the file.
 * @throws SwarmError `delivery/bad-size` for an empty file; errors of the file system as they are.
 */
export async function describeGoods(path: string, deliverySeed: Uint8Array): Promise<GoodsDescription> {
  const digest = createHash('sha256');
  let sizeBytes = 0;
  for await (const bytes of readContent(path)) {
    digest.update(bytes);
    sizeBytes += bytes.length;
  }
  const chunkCount = chunkCountOf(sizeBytes);
  const contentDigest = toHex(digest.digest());
  const contentRoot = await rootOf(path, createBlinding(deliverySeed, contentDigest));
  return { sizeBytes, contentDigest, contentRoot, chunkCount };
}

/** The Merkle root of a file's blinded chunks: the content root of an offer. */
export async function rootOf(path: string, blinding: Blinding): Promise<Hex> {
  const tree = createTree();
  for await (const block of blindChunks(readContent(path), blinding)) pushAll(tree, hashChunks(block));
  return toHex(tree.root());
}

/** Streams a file in pieces of 64 KiB. */
export function readContent(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: 64 * 1024 });
}
