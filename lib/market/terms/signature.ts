import type { Address, Hex, LocalAccount } from 'viem';
import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';

/** Half the order of secp256k1. A signature with a higher `s` is malleable, and the contracts refuse it. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** An ECDSA signature as 65 bytes r ‖ s ‖ v with low s (EIP-2) and v 27 or 28: the only accepted form of a signature. */
export const signature = z
  .string()
  .regex(/^0x[0-9a-f]{128}1[bc]$/, 'must be a 65-byte signature in lower-case hex that ends in 1b or 1c')
  .refine(isLowS, 'must have a low s (EIP-2)')
  .transform((text) => text as Hex);

/** Whether a text is a signature in the only accepted form. */
export function isCanonicalSignature(text: string): boolean {
  return signature.safeParse(text).success;
}

/** Converts a signature to the escrow's form: r, and s with the parity in its top bit (EIP-2098). */
export function compactSignature(sig: Hex): { readonly r: Hex; readonly vs: Hex } {
  const s = BigInt(`0x${sig.slice(66, 130)}`);
  const parity = sig.endsWith('1c') ? 1n << 255n : 0n;
  return { r: `0x${sig.slice(2, 66)}`, vs: `0x${(s | parity).toString(16).padStart(64, '0')}` };
}

/**
 * Checks that an account signs only for its own address.
 * @throws SwarmError `market/wrong-signer`
 */
export function assertSigner(account: Pick<LocalAccount, 'address'>, expected: Address, what: string): void {
  if (account.address.toLowerCase() === expected.toLowerCase()) return;
  throw new SwarmError({
    code: 'market/wrong-signer',
    disposition: 'stop',
    message: `The ${what} names ${expected}, but the account that would sign it is ${account.address}`,
    next: 'Check the wallet index in the manifest and the mnemonic.',
  });
}

function isLowS(text: string): boolean {
  return /^0x[0-9a-f]{130}$/.test(text) && BigInt(`0x${text.slice(66, 130)}`) <= HALF_ORDER;
}
