import { type Address, encodeAbiParameters, type Hex, hashTypedData, keccak256, type LocalAccount } from 'viem';
import { z } from 'zod';
import { address, hex32, type TradeId } from '../../core/ids.ts';
import { atomicAmount } from '../../core/money.ts';
import { epochSeconds } from '../../core/time.ts';
import type { SigningDomain } from './domain.ts';
import { sizeBytes, uint32 } from './fields.ts';
import { assertSigner, signature } from './signature.ts';
import type { SignatureCache } from './signature-cache.ts';

/** The on-disk form of a quote: `amount` is a quoted string of atomic units. */
export const quoteFields = z.object({
  tradeId: hex32,
  buyer: address,
  seller: address,
  token: address,
  /** Atomic units of `token`. */
  amount: atomicAmount,
  /** Merkle root of the plaintext's chunks, as in the offer. */
  contentRoot: hex32,
  /** Merkle root of the sealed chunks, which the buyer checks before it pays. */
  sealedRoot: hex32,
  /** SHA-256 of the key `K` that opens the sealed bytes. */
  keyHash: hex32,
  /** Bytes of plaintext. */
  size: sizeBytes,
  /** Seconds from the opening within which the seller must reveal. */
  revealWindow: uint32,
  /** Seconds from the reveal within which the payment can be disputed. */
  disputeWindow: uint32,
  /** The trade can only be opened before this time. */
  expiry: epochSeconds,
});

/** What a seller will deliver for which payment. Every call of the escrow carries it, and the escrow checks its hash. */
export type Quote = Readonly<z.output<typeof quoteFields>>;

export const signedQuote = quoteFields.extend({ signature });
export type SignedQuote = Readonly<z.output<typeof signedQuote>>;

/** The struct in the order in which the escrow hashes it. */
const types = {
  Quote: [
    { name: 'tradeId', type: 'bytes32' },
    { name: 'buyer', type: 'address' },
    { name: 'seller', type: 'address' },
    { name: 'token', type: 'address' },
    { name: 'amount', type: 'uint256' },
    { name: 'contentRoot', type: 'bytes32' },
    { name: 'sealedRoot', type: 'bytes32' },
    { name: 'keyHash', type: 'bytes32' },
    { name: 'size', type: 'uint64' },
    { name: 'revealWindow', type: 'uint32' },
    { name: 'disputeWindow', type: 'uint32' },
    { name: 'expiry', type: 'uint40' },
  ],
} as const;

/** The EIP-712 hash of a quote: also the nonce of the payment. Fields beyond the quote's own are ignored. */
export function hashQuote(domain: SigningDomain, quote: Quote): Hex {
  return hashTypedData({ domain, types, primaryType: 'Quote', message: quoteMessage(quote) });
}

/** Signs a quote as its seller. */
export async function signQuote(account: LocalAccount, domain: SigningDomain, quote: Quote): Promise<Hex> {
  assertSigner(account, quote.seller, 'quote');
  return account.signTypedData({ domain, types, primaryType: 'Quote', message: quoteMessage(quote) });
}

/** Whether the seller named in the quote signed it. */
export function verifyQuote(cache: SignatureCache, domain: SigningDomain, quote: SignedQuote): Promise<boolean> {
  return cache.verify({
    subject: quote,
    scope: `Quote ${domain.chainId} ${domain.verifyingContract}`,
    digest: () => hashQuote(domain, quote),
    signature: quote.signature,
    signer: quote.seller,
  });
}

/** The quote as viem encodes it for a signature and for the escrow's calls: exactly the struct's fields. */
export function quoteMessage(quote: Quote) {
  return {
    tradeId: quote.tradeId,
    buyer: quote.buyer,
    seller: quote.seller,
    token: quote.token,
    amount: quote.amount,
    contentRoot: quote.contentRoot,
    sealedRoot: quote.sealedRoot,
    keyHash: quote.keyHash,
    size: BigInt(quote.size),
    revealWindow: quote.revealWindow,
    disputeWindow: quote.disputeWindow,
    expiry: quote.expiry,
  };
}

/** The escrow's key of a trade: keccak256(abi.encode(buyer, seller, trade id)). */
export function escrowKey(buyer: Address, seller: Address, tradeId: TradeId): Hex {
  return keccak256(
    encodeAbiParameters([{ type: 'address' }, { type: 'address' }, { type: 'bytes32' }], [buyer, seller, tradeId]),
  );
}
