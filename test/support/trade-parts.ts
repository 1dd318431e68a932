import { createHash, randomBytes } from 'node:crypto';
import type { Address, Hex, LocalAccount } from 'viem';
import type { Confirmed, Opening } from '../../lib/market/escrow/escrow-calls.ts';
import { signAuthorization } from '../../lib/market/terms/authorization.ts';
import { signConfirmation } from '../../lib/market/terms/confirmation.ts';
import { escrowKey, hashQuote, type Quote } from '../../lib/market/terms/quote.ts';
import type { TestMarket } from './evm.ts';

/** 32 bytes of nothing in particular. */
export function randomHex32(): Hex {
  return `0x${randomBytes(32).toString('hex')}`;
}

/** SHA-256 of hex bytes, as hex. */
export function sha256Hex(bytes: Hex): Hex {
  return `0x${createHash('sha256')
    .update(Buffer.from(bytes.slice(2), 'hex'))
    .digest('hex')}`;
}

/** The windows of made-up trades, in seconds: long enough that none ends by itself on a busy machine. */
export const [REVEAL_WINDOW, DISPUTE_WINDOW] = [200, 100] as const;

/** A trade made up for a test: its quote, its key `k`, and what the buyer signs for it. */
export interface TestTrade {
  readonly quote: Quote;
  readonly quoteHash: Hex;
  readonly escrowKey: Hex;
  readonly k: Hex;
  readonly opening: Opening;
  readonly confirmed: Confirmed;
}

/** Makes up a trade; `change` alters the quote before it is signed. */
export async function makeTrade(
  market: Pick<TestMarket, 'domain' | 'tokenDomain' | 'now'>,
  buyer: LocalAccount,
  seller: LocalAccount,
  change: Partial<Quote> = {},
): Promise<TestTrade> {
  const k = randomHex32();
  const quote: Quote = {
    tradeId: randomHex32(),
    buyer: lower(buyer.address),
    seller: lower(seller.address),
    token: lower(market.tokenDomain.verifyingContract),
    amount: 50_000n,
    contentRoot: randomHex32(),
    sealedRoot: randomHex32(),
    keyHash: sha256Hex(k),
    size: 4_096,
    revealWindow: REVEAL_WINDOW,
    disputeWindow: DISPUTE_WINDOW,
    expiry: (await market.now()) + 3_600,
    ...change,
  };
  const { domain, tokenDomain } = market;
  const escrow = domain.verifyingContract;
  const quoteHash = hashQuote(domain, quote);
  const signature = await signAuthorization(buyer, tokenDomain, quote, quoteHash, escrow);
  const confirmation = { tradeId: quote.tradeId, quoteHash };
  return {
    quote,
    quoteHash,
    escrowKey: escrowKey(quote.buyer, quote.seller, quote.tradeId),
    k,
    opening: { quote, authorization: { quoteHash, signature } },
    confirmed: {
      quote,
      confirmation: {
        ...confirmation,
        signature: await signConfirmation(buyer, domain, quote.buyer, confirmation),
      },
    },
  };
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
