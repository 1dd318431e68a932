import type { ChainTrade, EscrowState } from '../../core/chain.ts';
import type { TradeState } from '../../core/facts.ts';
import type { SignedQuote } from '../terms/quote.ts';
import { type Purchase, quoteOf, type Sale, type Trade } from './trade-pairs.ts';

/** The state of a trade by the chain and the notes, with the data that its next step needs. It doesn't depend on the clock. */
export type TradeStanding =
  /** No answer yet; the buyer waits until this time. */
  | { readonly type: 'requested'; readonly until: number }
  | { readonly type: 'declined'; readonly reason: string }
  | { readonly type: 'quoted' | 'authorized'; readonly quote: SignedQuote }
  /** A side closed it without an opening. */
  | { readonly type: 'expired' }
  | { readonly type: EscrowState; readonly chain: ChainTrade };

/**
 * Determines the state of a trade for the side whose note it was read from; the chain must have been read. The chain
 * outranks the notes: a note that says "settled" is ignored if the chain doesn't know the trade.
 */
export function standingOf(trade: Trade): TradeStanding {
  const { chain, buyer } = trade;
  // Without a quote of the seller no trade on chain is its own, whatever trade a stranger's note points at.
  const isTheirs = trade.side === 'buyer' || trade.seller.quote !== undefined;
  if (chain !== undefined && isTheirs) return { type: chain.state, chain };
  if (buyer?.closed?.state === 'expired') return { type: 'expired' };
  return trade.side === 'buyer' ? notedByBuyer(trade) : notedBySeller(trade);
}

/**
 * Determines the state of a trade now. If the chain could not be read, the notes decide.
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
      // For the buyer it stays authorized until it has asked the escrow whether the authorization was used.
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
  // The holder of a payment authorization can use it until it expires, even if its note says that the trade is over.
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
