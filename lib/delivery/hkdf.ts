import { createHmac, hash, hkdfSync } from 'node:crypto';

/** Derives bytes from a secret: HKDF-SHA256 (RFC 5869). `info` separates different uses. */
export function hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, lengthBytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, lengthBytes));
}

/** HKDF-Extract (RFC 5869 §2.2): a 32-byte key of a secret and a salt, which reveals nothing about the secret. */
export function extract(secret: Uint8Array, salt: Uint8Array): Buffer {
  return createHmac('sha256', salt).update(secret).digest();
}

/**
 * HKDF-Expand (RFC 5869 §2.3) for many short outputs of one extracted key. The returned function returns the first
 * `lengthBytes` (at most 32) for its info.
 */
export function createExpand(pseudoRandomKey: Uint8Array, lengthBytes: number): (info: Uint8Array) => Buffer {
  // HMAC (RFC 2104) by hand: two one-shot hashes take half the time of an Hmac object, and every chunk needs one.
  const inner = paddedKey(pseudoRandomKey, 0x36);
  const outer = paddedKey(pseudoRandomKey, 0x5c);
  const firstBlock = Buffer.from([1]);
  return (info) => {
    const innerHash = hash('sha256', Buffer.concat([inner, info, firstBlock]), 'buffer');
    return hash('sha256', Buffer.concat([outer, innerHash]), 'buffer').subarray(0, lengthBytes);
  };
}

function paddedKey(key: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(64, pad);
  for (const [at, byte] of key.entries()) block.writeUInt8(byte ^ pad, at);
  return block;
}
