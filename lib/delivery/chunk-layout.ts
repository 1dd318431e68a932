import { SwarmError } from '../core/errors.ts';
import { BLINDING_BYTES } from './blinding.ts';

/** A chunk: 16 bytes of blinding, then up to 1,008 bytes of content. The last one may be shorter. */
export const CHUNK_BYTES = 1024;

/** Content bytes in a full chunk. */
export const CHUNK_CONTENT_BYTES = CHUNK_BYTES - BLINDING_BYTES;

/** The number of chunks that are processed together: 64 KiB keeps memory small and calls few. */
export const CHUNKS_PER_BLOCK = 64;

/** The largest goods: chunk i starts at ChaCha20 block 16·i, and that counter has 32 bits (RFC 8439 §2.4). */
export const MAX_CHUNKS = 2 ** 28;

/**
 * The number of chunks of a content's size.
 * @throws SwarmError `delivery/bad-size` for a size of zero, one that is not a whole number, or one over 2^28 chunks.
 */
export function chunkCountOf(sizeBytes: number): number {
  const count = Math.ceil(sizeBytes / CHUNK_CONTENT_BYTES);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1 || count > MAX_CHUNKS) {
    throw new SwarmError({
      code: 'delivery/bad-size',
      disposition: 'stop',
      message: `Goods of ${sizeBytes} bytes can't be sealed`,
      next: `Sell something between 1 byte and ${MAX_CHUNKS * CHUNK_CONTENT_BYTES} bytes.`,
    });
  }
  return count;
}

/** The size of the sealed bytes of a content's size: the content and its blinding. */
export function sealedBytesOf(sizeBytes: number): number {
  return sizeBytes + BLINDING_BYTES * chunkCountOf(sizeBytes);
}
