import type { TradeState } from '../../core/facts.ts';
import type { SellerTradeNote } from './seller-trade-note.ts';
import type { TradePair } from './trade-pairs.ts';

/**
 * Says where a trade stands. The chain outranks the notes: what it shows is so, and a note that says "settled" of a
 * trade that the chain doesn't know is not believed. Without a look at the chain the notes' word stands.
 * @param now block time in seconds since 1970.
 * @param chainSeen whether the chain could be read.
 * @param side whose own notes count where the two sides' notes differ.
 */
export function tradeState(
  pair: TradePair,
  now: number,
  chainSeen: boolean,
  side: 'buyer' | 'seller' = 'buyer',
): TradeState {
  if (pair.chain !== undefined) return pair.chain.state;
  const { buyer, seller } = pair;
  if (!chainSeen) return buyer.closed?.state ?? seller?.closed?.state ?? buyer.state;
  if (buyer.closed?.state === 'expired') return 'expired';
  return side === 'seller' && seller !== undefined ? asSeller(pair, seller, now) : asBuyer(pair, now);
}

function asBuyer({ buyer, seller }: TradePair, now: number): TradeState {
  // Who holds a payment authorization can use it until it expires, whatever it says of the trade. And until the buyer has
  // asked the escrow whether that happened, nobody knows that it did not.
  if (buyer.authorization !== undefined && buyer.quote !== undefined) return 'authorized';
  if (seller?.declined !== undefined) return 'expired';
  const quote = buyer.quote ?? seller?.quote;
  if (quote === undefined) return now > buyer.request.quoteBy ? 'expired' : 'requested';
  return now >= quote.expiry ? 'expired' : 'quoted';
}

function asSeller({ buyer }: TradePair, { quote, closed }: SellerTradeNote, now: number): TradeState {
  if (quote === undefined || closed?.state === 'expired' || now >= quote.expiry) return 'expired';
  return buyer.authorization === undefined ? 'quoted' : 'authorized';
}
