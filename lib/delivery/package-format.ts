import { CHUNK_BYTES, CHUNKS_PER_BLOCK, chunkCountOf, sealedBytesOf } from './chunk-layout.ts';
import { HASH_BYTES } from './merkle.ts';

/**
 * The format of an upload, inside the age layer: a header (8 bytes `kk/seal` and the version 1, then the number of chunks as 8
 * bytes big endian), then for each block of 64 chunks the plaintext leaf hashes of its chunks and their sealed bytes.
 * Because of the blocks both sides can stream: neither needs all hashes in memory.
 */
const MAGIC = Buffer.from('kk/seal\x01', 'latin1');

/** Bytes of the header. */
export const HEADER_BYTES = MAGIC.length + 8;

/** Bytes of a full block: 64 leaf hashes and 64 sealed chunks. */
export const BLOCK_BYTES = CHUNKS_PER_BLOCK * (HASH_BYTES + CHUNK_BYTES);

/** age writes about 200 bytes before the payload for one X25519 recipient; other writers may add a few stanzas. */
export const MAX_AGE_HEADER_BYTES = 1024;

const AGE_NONCE_BYTES = 16;
const AGE_CHUNK_BYTES = 64 * 1024;
const AGE_TAG_BYTES = 16;

/** Formats the header of a package with a number of chunks. */
export function formatHeader(chunkCount: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeBigUInt64BE(BigInt(chunkCount), MAGIC.length);
  return header;
}

/** The size of a package of goods of `sizeBytes`, without the age layer. */
export function packageBytesOf(sizeBytes: number): number {
  return HEADER_BYTES + sealedBytesOf(sizeBytes) + chunkCountOf(sizeBytes) * HASH_BYTES;
}

/** The maximum size of an honest upload of goods of `sizeBytes`; nothing beyond it is downloaded. */
export function maxUploadBytesOf(sizeBytes: number): number {
  return maxWrappedBytesOf(packageBytesOf(sizeBytes));
}

/** The maximum size of a number of bytes inside an age layer for one recipient. */
export function maxWrappedBytesOf(payloadBytes: number): number {
  const tags = Math.ceil(payloadBytes / AGE_CHUNK_BYTES) * AGE_TAG_BYTES;
  return MAX_AGE_HEADER_BYTES + AGE_NONCE_BYTES + payloadBytes + tags;
}

/** Splits a block into its leaf hashes and its sealed bytes; undefined if the sizes don't match. */
export function parseBlock(block: Buffer): { readonly leaves: Buffer; readonly sealed: Buffer } | undefined {
  const chunks = Math.ceil(block.length / (HASH_BYTES + CHUNK_BYTES));
  const sealed = block.subarray(chunks * HASH_BYTES);
  if (Math.ceil(sealed.length / CHUNK_BYTES) !== chunks) return undefined;
  return { leaves: block.subarray(0, chunks * HASH_BYTES), sealed };
}
