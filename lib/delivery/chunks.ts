import { BLINDING_BYTES, type Blinding } from './blinding.ts';
import { CHUNK_BYTES, CHUNK_CONTENT_BYTES, CHUNKS_PER_BLOCK } from './chunk-layout.ts';

const BLOCK_CONTENT_BYTES = CHUNKS_PER_BLOCK * CHUNK_CONTENT_BYTES;

/**
 * Splits content into blinded chunks and yields them in blocks of up to 64 chunks (64 KiB), one after another, whatever the
 * size of the goods. Every chunk except the last has 1,024 bytes.
 */
export async function* blindChunks(content: AsyncIterable<Uint8Array>, blinding: Blinding): AsyncGenerator<Buffer> {
  let index = 0;
  for await (const piece of regroup(content, BLOCK_CONTENT_BYTES)) {
    const count = Math.ceil(piece.length / CHUNK_CONTENT_BYTES);
    const block = Buffer.allocUnsafe(piece.length + count * BLINDING_BYTES);
    for (let chunk = 0; chunk < count; chunk += 1) {
      const to = chunk * CHUNK_BYTES;
      const from = chunk * CHUNK_CONTENT_BYTES;
      blinding(index).copy(block, to);
      piece.copy(block, to + BLINDING_BYTES, from, Math.min(from + CHUNK_CONTENT_BYTES, piece.length));
      index += 1;
    }
    yield block;
  }
}

/** The content of a block of blinded chunks. */
export function stripBlinding(block: Buffer): Buffer {
  const count = Math.ceil(block.length / CHUNK_BYTES);
  const content = Buffer.allocUnsafe(block.length - count * BLINDING_BYTES);
  for (let chunk = 0; chunk < count; chunk += 1) {
    const from = chunk * CHUNK_BYTES;
    block.copy(content, chunk * CHUNK_CONTENT_BYTES, from + BLINDING_BYTES, Math.min(from + CHUNK_BYTES, block.length));
  }
  return content;
}

/** Splits a byte stream into pieces of exactly `sizeBytes`; the last may be shorter and none is empty. */
export async function* regroup(source: AsyncIterable<Uint8Array>, sizeBytes: number): AsyncGenerator<Buffer> {
  let piece = Buffer.allocUnsafe(sizeBytes);
  let used = 0;
  for await (const bytes of source) {
    let from = 0;
    while (from < bytes.length) {
      const taken = Math.min(sizeBytes - used, bytes.length - from);
      piece.set(bytes.subarray(from, from + taken), used);
      used += taken;
      from += taken;
      if (used === sizeBytes) {
        yield piece;
        piece = Buffer.allocUnsafe(sizeBytes);
        used = 0;
      }
    }
  }
  if (used > 0) yield piece.subarray(0, used);
}
