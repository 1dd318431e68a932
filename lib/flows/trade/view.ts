import type { Snapshot } from '../../core/snapshot.ts';
import { tradePath } from '../../market/notes/trade-note.ts';
import { allTrades, type TradePair, tradesBought, tradesSold } from '../../market/notes/trade-pairs.ts';
import type { TradeSettings } from './settings.ts';

/** A trade from where the agent stands. `anyone` is neither party: it only ends what the parties left lying. */
export type TradeView =
  | { readonly side: 'buyer'; readonly pair: TradePair }
  | { readonly side: 'seller'; readonly pair: TradePair; readonly mayQuote: boolean }
  | { readonly side: 'anyone'; readonly pair: TradePair };

/** One buyer takes up one part in so many of a seller's unpaid bytes at most. */
const SHARES = 4;

/** The trades that may need this agent. Without a look at the chain there are none. */
export function readTrades(snapshot: Snapshot, settings: TradeSettings): readonly TradeView[] {
  const { vault, chain, me } = snapshot;
  if (chain === undefined) return [];
  const bought = tradesBought(vault, chain, me.name).map((pair): TradeView => ({ side: 'buyer', pair }));
  const left =
    me.manifest.spec.role === 'coordinator'
      ? allTrades(vault, chain)
          .filter(({ buyer }) => buyer.owner !== me.name && buyer.seller !== me.name)
          .map((pair): TradeView => ({ side: 'anyone', pair }))
      : [];
  return [...bought, ...readSales(snapshot, settings), ...left];
}

/** The agent's sales, oldest request first; each says whether the limits leave room for another quote. */
function readSales(snapshot: Snapshot, settings: TradeSettings): readonly TradeView[] {
  const { vault, chain, me, now, market } = snapshot;
  // A request that isn't what it claims to be takes up nothing, and is not even declined: a note under its trade id
  // would stand in the way of the request that truly has it.
  const isRequest = ({ buyer }: TradePair) => market.requests.has(tradePath(buyer.owner, buyer.requestedAt, buyer.id));
  const pairs = tradesSold(vault, chain, me.name)
    .filter((pair) => pair.seller !== undefined || isRequest(pair))
    .sort((a, b) => a.buyer.requestedAt - b.buyer.requestedAt);
  const unpaid = new Map<string, { readonly quotes: number; readonly bytes: number }>();
  let unpaidBytes = 0;
  const unpaidOf = (buyer: string) => unpaid.get(buyer) ?? { quotes: 0, bytes: 0 };
  const take = (buyer: string, size: number): void => {
    const { quotes, bytes } = unpaidOf(buyer);
    unpaid.set(buyer, { quotes: quotes + 1, bytes: bytes + size });
    unpaidBytes += size;
  };
  for (const pair of pairs) {
    const quote = pair.seller?.quote;
    // A buyer that gives up doesn't get its place back before the quote runs out: sealing costs the seller either way.
    const isUnpaid = quote !== undefined && pair.chain === undefined && now < quote.expiry;
    if (isUnpaid) take(pair.buyer.owner, quote.size);
  }
  const sizeOf = new Map(market.myOffers.map((offer) => [offer.id, offer.sizeBytes]));
  return pairs.map((pair): TradeView => {
    const buyer = pair.buyer.owner;
    const bytes = sizeOf.get(pair.buyer.offer) ?? 0;
    const isNew = pair.chain === undefined && pair.seller === undefined && pair.buyer.closed === undefined;
    const mine = unpaidOf(buyer);
    // A single piece of goods over a limit may go out alone, or it could never be sold.
    const hasRoom = unpaidBytes === 0 || unpaidBytes + bytes <= settings.maxUnpaidBytes;
    const hasShare = mine.bytes === 0 || mine.bytes + bytes <= settings.maxUnpaidBytes / SHARES;
    const mayQuote = isNew && hasRoom && hasShare && mine.quotes < settings.maxUnpaidQuotes;
    if (mayQuote) take(buyer, bytes);
    return { side: 'seller', pair, mayQuote };
  });
}
