import { bech32 } from '@scure/base';
import { identityToRecipient } from 'age-encryption';
import type { Hex } from 'viem';
import { fromHex } from './hex.ts';
import { hkdf } from './hkdf.ts';

const LABEL = Buffer.from('kk/delivery-key/1');

/** A buyer's age key pair for one request. */
export interface DeliveryKey {
  /** `AGE-SECRET-KEY-1…`: a secret. */
  readonly identity: string;
  /** `age1…`: goes into the request. */
  readonly recipient: string;
}

/**
 * Derives the X25519 key to which one trade's goods are encrypted: HKDF-SHA256(ikm = delivery seed, salt = the request's
 * 32-byte salt, info = `kk/delivery-key/1`). It isn't stored: a restarted buyer derives it again.
 */
export async function deriveDeliveryKey(deliverySeed: Uint8Array, requestSalt: Hex): Promise<DeliveryKey> {
  const secret = hkdf(deliverySeed, fromHex(requestSalt), LABEL, 32);
  const identity = bech32.encodeFromBytes('age-secret-key-', secret).toUpperCase();
  return { identity, recipient: await identityToRecipient(identity) };
}
