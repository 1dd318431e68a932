import { type Hex, hashTypedData, type LocalAccount } from 'viem';
import { z } from 'zod';
import { address, hex32, type OfferId, productName } from '../../core/ids.ts';
import { atomicAmount } from '../../core/money.ts';
import { epochSeconds } from '../../core/time.ts';
import type { SigningDomain } from './domain.ts';
import { plainLine, sizeBytes } from './fields.ts';
import { assertSigner, signature } from './signature.ts';
import type { SignatureCache } from './signature-cache.ts';

/** The on-disk form of an offer: `price` is a quoted string of atomic units. */
export const offerFields = z.object({
  seller: address,
  product: productName,
  /** The subject of the goods: a person's pseudonym, a range of days, or an offer that was validated. */
  subject: plainLine(0, 120),
  title: plainLine(1, 80),
  /** Atomic units of the escrow's token. */
  price: atomicAmount,
  /** Bytes of plaintext. */
  size: sizeBytes,
  /** Merkle root of the plaintext's blinded chunks. */
  contentRoot: hex32,
  /** Hash of the last record of the chain of work. */
  workHead: hex32,
  createdAt: epochSeconds,
  salt: hex32,
});

export const signedOffer = offerFields.extend({ signature });

/** A seller's promise to sell goods. Immutable; its EIP-712 hash is the offer's id. */
export type Offer = PriceInUnits<Readonly<z.output<typeof offerFields>>>;
export type SignedOffer = PriceInUnits<Readonly<z.output<typeof signedOffer>>>;
type PriceInUnits<Fields> = Omit<Fields, 'price'> & { readonly priceAtomic: bigint };

const types = {
  Offer: [
    { name: 'seller', type: 'address' },
    { name: 'product', type: 'string' },
    { name: 'subject', type: 'string' },
    { name: 'title', type: 'string' },
    { name: 'price', type: 'uint256' },
    { name: 'size', type: 'uint64' },
    { name: 'contentRoot', type: 'bytes32' },
    { name: 'workHead', type: 'bytes32' },
    { name: 'createdAt', type: 'uint40' },
    { name: 'salt', type: 'bytes32' },
  ],
} as const;

/** The EIP-712 hash of an offer: its id. Fields beyond the offer's own are ignored. */
export function hashOffer(domain: SigningDomain, offer: Offer): OfferId {
  return hashTypedData({ domain, types, primaryType: 'Offer', message: message(offer) });
}

/** Signs an offer as its seller. */
export async function signOffer(account: LocalAccount, domain: SigningDomain, offer: Offer): Promise<Hex> {
  assertSigner(account, offer.seller, 'offer');
  return account.signTypedData({ domain, types, primaryType: 'Offer', message: message(offer) });
}

/** Whether the seller named in the offer signed it. */
export function verifyOffer(cache: SignatureCache, domain: SigningDomain, offer: SignedOffer): Promise<boolean> {
  return cache.verify({
    subject: offer,
    scope: `Offer ${domain.chainId} ${domain.verifyingContract}`,
    digest: () => hashOffer(domain, offer),
    signature: offer.signature,
    signer: offer.seller,
  });
}

function message(offer: Offer) {
  return { ...offer, price: offer.priceAtomic, size: BigInt(offer.size) };
}
