import { createHash } from 'node:crypto';
import type { Hex } from 'viem';
import { canonicalJson, type Json } from './canonical-json.ts';

/** SHA-256 of zero bits: the `previous` of the first record of a chain of work. */
export const ZERO_DIGEST: Hex = `0x${'0'.repeat(64)}`;

/** SHA-256 of bytes or of a text's UTF-8. */
export function sha256(content: Uint8Array | string): Hex {
  return `0x${createHash('sha256').update(content).digest('hex')}`;
}

/** SHA-256 of a value's canonical JSON. */
export function digestOf(value: Json): Hex {
  return sha256(canonicalJson(value));
}
