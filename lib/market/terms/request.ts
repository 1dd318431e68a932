import { type Hex, hashTypedData, type LocalAccount } from 'viem';
import { z } from 'zod';
import { address, hex32, type TradeId } from '../../core/ids.ts';
import { epochSeconds } from '../../core/time.ts';
import type { SigningDomain } from './domain.ts';
import { ageRecipient, uint32 } from './fields.ts';
import { assertSigner, signature } from './signature.ts';
import type { SignatureCache } from './signature-cache.ts';

/** The on-disk form of a request. */
export const requestFields = z.object({
  offer: hex32,
  buyer: address,
  seller: address,
  /** The buyer's age recipient, to which the seller encrypts the sealed goods and the URL. */
  deliveryKey: ageRecipient,
  salt: hex32,
  /** Determines the month in the path of both sides' notes. */
  createdAt: epochSeconds,
  /** The deadline for a quote. */
  quoteBy: epochSeconds,
  /** The minimum dispute window that the buyer accepts, in seconds. */
  minDisputeWindow: uint32,
});

/** A buyer's request to a seller. Its EIP-712 hash is the id of the trade. */
export type TradeRequest = Readonly<z.output<typeof requestFields>>;

export const signedRequest = requestFields.extend({ signature });
export type SignedRequest = Readonly<z.output<typeof signedRequest>>;

const types = {
  Request: [
    { name: 'offer', type: 'bytes32' },
    { name: 'buyer', type: 'address' },
    { name: 'seller', type: 'address' },
    { name: 'deliveryKey', type: 'string' },
    { name: 'salt', type: 'bytes32' },
    { name: 'createdAt', type: 'uint40' },
    { name: 'quoteBy', type: 'uint40' },
    { name: 'minDisputeWindow', type: 'uint32' },
  ],
} as const;

/** The EIP-712 hash of a request: the id of the trade everywhere. Fields beyond the request's own are ignored. */
export function hashRequest(domain: SigningDomain, request: TradeRequest): TradeId {
  return hashTypedData({ domain, types, primaryType: 'Request', message: request });
}

/** Signs a request as its buyer. */
export async function signRequest(account: LocalAccount, domain: SigningDomain, request: TradeRequest): Promise<Hex> {
  assertSigner(account, request.buyer, 'request');
  return account.signTypedData({ domain, types, primaryType: 'Request', message: request });
}

/** Whether the buyer named in the request signed it. */
export function verifyRequest(cache: SignatureCache, domain: SigningDomain, request: SignedRequest): Promise<boolean> {
  return cache.verify({
    subject: request,
    scope: `Request ${domain.chainId} ${domain.verifyingContract}`,
    digest: () => hashRequest(domain, request),
    signature: request.signature,
    signer: request.buyer,
  });
}
