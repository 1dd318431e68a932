import type { ChainTrade, EscrowState } from '../../core/chain.ts';
import type { TradeState } from '../../core/facts.ts';
import type { SignedQuote } from '../terms/quote.ts';
import { type Purchase, quoteOf, type Sale, type Trade } from './trade-pairs.ts';

/** Where a trade stands by the chain and the notes, with what bears on what comes next. It doesn't go by the clock. */
export type TradeStanding =
  /** Nobody answered yet; the buyer waits until then. */
  | { readonly type: 'requested'; readonly until: number }
  | { readonly type: 'declined'; readonly reason: string }
  | { readonly type: 'quoted' | 'authorized'; readonly quote: SignedQuote }
  /** A side wrote that nothing came of it. */
  | { readonly type: 'expired' }
  | { readonly type: EscrowState; readonly chain: ChainTrade };

/**
 * Says where a trade stands for the side whose note it was read from, when the chain was seen. The chain outranks the
 * notes: what it shows is so, and a note that says "settled" of a trade that the chain doesn't know is not believed.
 */
export function standingOf(trade: Trade): TradeStanding {
  const { chain, buyer } = trade;
  // Without a quote of its own nothing on chain is the seller's, whatever trade a stranger's note points at.
  const isTheirs = trade.side === 'buyer' || trade.seller.quote !== undefined;
  if (chain !== undefined && isTheirs) return { type: chain.state, chain };
  if (buyer?.closed?.state === 'expired') return { type: 'expired' };
  return trade.side === 'buyer' ? notedByBuyer(trade) : notedBySeller(trade);
}

/**
 * Says in a word where a trade stands now. Without a look at the chain the notes' word stands.
 * @param now block time in seconds since 1970.
 * @param chainSeen whether the chain could be read.
 */
export function tradeState(trade: Trade, now: number, chainSeen: boolean): TradeState {
  if (!chainSeen && trade.chain === undefined) return statedIn(trade);
  const standing = standingOf(trade);
  switch (standing.type) {
    case 'requested':
      return now > standing.until ? 'expired' : 'requested';
    case 'declined':
    case 'expired':
      return 'expired';
    case 'quoted':
      return now >= standing.quote.expiry ? 'expired' : 'quoted';
    case 'authorized':
      // Until the buyer has asked the escrow whether its authorization was used, nobody knows that it was not.
      return trade.side === 'seller' && now >= standing.quote.expiry ? 'expired' : 'authorized';
    case 'opened':
    case 'revealed':
    case 'settled':
    case 'refunded':
    case 'disputed':
      return standing.type;
  }
}

function notedByBuyer(purchase: Purchase): TradeStanding {
  const { buyer, seller, request } = purchase;
  const quote = quoteOf(purchase);
  // Who holds a payment authorization can use it until it expires, whatever it says of the trade.
  if (buyer.authorization !== undefined && quote !== undefined) return { type: 'authorized', quote };
  if (seller?.declined !== undefined) return { type: 'declined', reason: seller.declined.reason };
  return quote === undefined ? { type: 'requested', until: request.quoteBy } : { type: 'quoted', quote };
}

function notedBySeller({ buyer, seller }: Sale): TradeStanding {
  const { quote, closed, declined } = seller;
  if (quote === undefined && declined !== undefined) return { type: 'declined', reason: declined.reason };
  if (quote === undefined || closed?.state === 'expired') return { type: 'expired' };
  return { type: buyer?.authorization === undefined ? 'quoted' : 'authorized', quote };
}

function statedIn({ side, buyer, seller }: Trade): TradeState {
  const stated = side === 'buyer' ? buyer.state : (buyer?.state ?? seller.state);
  return buyer?.closed?.state ?? seller?.closed?.state ?? stated;
}
