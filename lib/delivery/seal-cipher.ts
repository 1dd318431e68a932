import { createCipheriv } from 'node:crypto';
import type { Hex } from 'viem';
import { fromHex } from './hex.ts';

/**
 * ChaCha20 (RFC 8439) under `K` with a zero nonce as one stream from block 0 on, so that chunk i starts at block 16·i.
 * The same function seals and opens; it must receive the chunks in order. The nonce may be zero because a key seals only one
 * content.
 */
export function createSealCipher(key: Hex): (bytes: Uint8Array) => Buffer {
  // OpenSSL's IV is the 4-byte block counter, little endian, and the 12-byte nonce.
  const cipher = createCipheriv('chacha20', fromHex(key), Buffer.alloc(16));
  return (bytes) => cipher.update(bytes);
}
