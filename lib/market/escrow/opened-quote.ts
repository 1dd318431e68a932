import { LRUCache } from 'lru-cache';
import { decodeFunctionData, type Hex } from 'viem';
import type { TradeRecord } from '../../core/chain.ts';
import type { ChainClient } from '../chain/chain-client.ts';
import { escrowAbi } from '../contracts/escrow-abi.ts';
import type { SigningDomain } from '../terms/domain.ts';
import { hashQuote, type Quote, quoteFields } from '../terms/quote.ts';

/**
 * Finds the quote that a trade on chain was opened with, in the transaction of its opening; its hash proves it. Undefined if the
 * node doesn't answer, or if another contract made the call. Never throws.
 */
export type OpenedQuote = (trade: Pick<TradeRecord, 'quoteHash' | 'txs'>) => Promise<Quote | undefined>;

/** How many quotes are kept in memory, of about 500 bytes. */
const KEPT = 10_000;

/** Creates an {@link OpenedQuote} that remembers what it found. */
export function createOpenedQuotes(client: Pick<ChainClient, 'getTransaction'>, domain: SigningDomain): OpenedQuote {
  const known = new LRUCache<Hex, Quote>({ max: KEPT });
  return async ({ quoteHash, txs }) => {
    const found = known.get(quoteHash);
    if (found !== undefined || txs.opened === undefined) return found;
    try {
      const { input } = await client.getTransaction({ hash: txs.opened });
      for (const quote of quotesIn(input)) known.set(hashQuote(domain, quote), quote);
    } catch {
      // It is asked again at the next beat.
    }
    return known.get(quoteHash);
  };
}

function quotesIn(input: Hex): readonly Quote[] {
  const { functionName, args } = decodeFunctionData({ abi: escrowAbi, data: input });
  switch (functionName) {
    case 'open':
    case 'openAndReveal':
      return [toQuote(args[0].quote)];
    case 'openMany':
      return args[0].map(({ quote }) => toQuote(quote));
    default:
      return [];
  }
}

function toQuote(quote: Record<string, unknown> & { readonly amount: bigint; readonly size: bigint }): Quote {
  const { amount, size, ...rest } = quote;
  return quoteFields.parse({ ...lowered(rest), amount: String(amount), size: Number(size) });
}

/** Addresses come with the letters of their checksum. */
function lowered(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value.toLowerCase() : value]),
  );
}
