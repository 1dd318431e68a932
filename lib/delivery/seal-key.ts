import { hash } from 'node:crypto';
import type { Address, Hex } from 'viem';
import { fromHex, toHex } from './hex.ts';
import { hkdf } from './hkdf.ts';

const LABEL = Buffer.from('kk/seal/1');

/** What a key depends on: another content, chain, escrow, party or trade gives another key. */
export interface SealTerms {
  readonly contentRoot: Hex;
  readonly chainId: number;
  readonly escrow: Address;
  readonly seller: Address;
  readonly buyer: Address;
  readonly trade: Hex;
}

/**
 * Derives the 32-byte key `K` that seals one trade's goods: HKDF-SHA256(ikm = delivery seed, salt = content root,
 * info = `kk/seal/1` ‖ chain id (32 bytes big endian) ‖ escrow ‖ seller ‖ buyer ‖ trade id). A secret until revealed.
 */
export function deriveSealKey(deliverySeed: Uint8Array, terms: SealTerms): Hex {
  const chainId = Buffer.from(BigInt(terms.chainId).toString(16).padStart(64, '0'), 'hex');
  const parties = [terms.escrow, terms.seller, terms.buyer].map(fromHex);
  const info = Buffer.concat([LABEL, chainId, ...parties, fromHex(terms.trade)]);
  return toHex(hkdf(deliverySeed, fromHex(terms.contentRoot), info, 32));
}

/** The commitment to a key in the quote: SHA-256(`K`). */
export function hashSealKey(key: Hex): Hex {
  return toHex(hash('sha256', fromHex(key), 'buffer'));
}
