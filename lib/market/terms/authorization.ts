import { type Address, type Hex, hashTypedData, type LocalAccount } from 'viem';
import { z } from 'zod';
import { hex32 } from '../../core/ids.ts';
import type { SigningDomain } from './domain.ts';
import type { Quote } from './quote.ts';
import { assertSigner, signature } from './signature.ts';
import type { SignatureCache } from './signature-cache.ts';

/**
 * The on-disk form of a payment authorization. Everything else about it follows from the quote: payer = buyer,
 * payee = escrow, value = amount, validAfter = 0, validBefore = expiry, nonce = the quote's hash.
 */
export const signedAuthorization = z.strictObject({ quoteHash: hex32, signature });
export type SignedAuthorization = Readonly<z.output<typeof signedAuthorization>>;

/** The EIP-712 type of `receiveWithAuthorization` (EIP-3009). */
export const receiveTypes = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

/** The EIP-3009 `ReceiveWithAuthorization` that pays for a quote; only the escrow can use it. */
export function authorizationOf(quote: Quote, quoteHash: Hex, escrow: Address) {
  return {
    from: quote.buyer,
    to: escrow,
    value: quote.amount,
    validAfter: 0n,
    validBefore: BigInt(quote.expiry),
    nonce: quoteHash,
  };
}

/** The digest that the buyer signs, in the token's own domain. */
export function hashAuthorization(token: SigningDomain, quote: Quote, quoteHash: Hex, escrow: Address): Hex {
  const message = authorizationOf(quote, quoteHash, escrow);
  return hashTypedData({ domain: token, types: receiveTypes, primaryType: 'ReceiveWithAuthorization', message });
}

/** Signs the payment for a quote as its buyer. `token` is the token's domain, not the market's. */
export async function signAuthorization(
  account: LocalAccount,
  token: SigningDomain,
  quote: Quote,
  quoteHash: Hex,
  escrow: Address,
): Promise<Hex> {
  assertSigner(account, quote.buyer, 'payment authorization');
  const message = authorizationOf(quote, quoteHash, escrow);
  return account.signTypedData({
    domain: token,
    types: receiveTypes,
    primaryType: 'ReceiveWithAuthorization',
    message,
  });
}

/** Whether the quote's buyer authorized the payment for exactly this quote. */
export async function verifyAuthorization(
  cache: SignatureCache,
  token: SigningDomain,
  quote: Quote,
  quoteHash: Hex,
  escrow: Address,
  authorization: SignedAuthorization,
): Promise<boolean> {
  if (authorization.quoteHash !== quoteHash) return false;
  return cache.verify({
    subject: authorization,
    scope: `Authorization ${token.chainId} ${token.verifyingContract} ${escrow} ${quoteHash}`,
    digest: () => hashAuthorization(token, quote, quoteHash, escrow),
    signature: authorization.signature,
    signer: quote.buyer,
  });
}
