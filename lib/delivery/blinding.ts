import type { Hex } from 'viem';
import { fromHex } from './hex.ts';
import { createExpand, extract } from './hkdf.ts';

/** Bytes of blinding before each chunk's content: published hashes then reveal nothing about small goods. */
export const BLINDING_BYTES = 16;

const LABEL = Buffer.from('kk/blinding/1');

/** Returns the blinding of the chunk with an index. */
export type Blinding = (index: number) => Buffer;

/**
 * Derives the blinding of every chunk of one content: HKDF-SHA256(ikm = delivery seed, salt = the content's SHA-256,
 * info = `kk/blinding/1` and the index as 8 bytes big endian), 16 bytes.
 */
export function createBlinding(deliverySeed: Uint8Array, contentDigest: Hex): Blinding {
  return blindingFrom(blindingKeyOf(deliverySeed, contentDigest));
}

/**
 * The key of one content's blinding, 32 bytes. With it and the content, the content's root can be checked. It reveals nothing
 * about the seed or other contents, but it allows guessing small goods: give it only to those who may see the goods.
 */
export function blindingKeyOf(deliverySeed: Uint8Array, contentDigest: Hex): Buffer {
  return extract(deliverySeed, fromHex(contentDigest));
}

/** Derives the blinding from its key. */
export function blindingFrom(blindingKey: Uint8Array): Blinding {
  const expand = createExpand(blindingKey, BLINDING_BYTES);
  const info = Buffer.concat([LABEL, Buffer.alloc(8)]);
  return (index) => {
    info.writeBigUInt64BE(BigInt(index), LABEL.length);
    return expand(info);
  };
}
