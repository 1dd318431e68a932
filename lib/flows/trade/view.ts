import type { Snapshot } from '../../core/snapshot.ts';
import { tradePath } from '../../market/notes/trade-note.ts';
import type { Purchase, Sale } from '../../market/notes/trade-pairs.ts';
import type { TradeReader } from '../../market/notes/trade-reader.ts';
import type { TradeSettings } from './settings.ts';

/** A trade as the agent sees it. A trade `of-others` it only settles or refunds if its parties don't. */
export type TradeView =
  | { readonly type: 'purchase'; readonly trade: Purchase }
  | { readonly type: 'sale'; readonly trade: Sale }
  /** A request that has no answer yet. */
  | { readonly type: 'request'; readonly trade: Purchase; readonly mayQuote: boolean }
  | { readonly type: 'of-others'; readonly trade: Purchase };

/** One buyer may use at most 1/`SHARES` of a seller's limit of unpaid bytes. */
const SHARES = 4;

/** The trades that may need an action of this agent; none if the chain could not be read. */
export function readTrades(snapshot: Snapshot, trades: TradeReader, settings: TradeSettings): readonly TradeView[] {
  const { vault, chain, me } = snapshot;
  if (chain === undefined) return [];
  const bought = trades.bought(vault, chain, me.name).map((trade): TradeView => ({ type: 'purchase', trade }));
  const left =
    me.manifest.spec.role === 'coordinator'
      ? trades
          .all(vault, chain)
          .filter(({ terms }) => terms.buyer !== me.name && terms.seller !== me.name)
          .map((trade): TradeView => ({ type: 'of-others', trade }))
      : [];
  return [...bought, ...readSales(snapshot, trades, settings), ...left];
}

/** The agent's sales, oldest request first; each request says whether the limits leave room for another quote. */
function readSales(snapshot: Snapshot, trades: TradeReader, settings: TradeSettings): readonly TradeView[] {
  const { vault, chain, me, now, market } = snapshot;
  // An invalid request uses no limits and is not even declined: a note under its trade id would block the valid request
  // with that id.
  const sold = trades
    .sold(vault, chain, me.name)
    .filter(({ id, side, terms }) => {
      return side === 'seller' || market.requests.has(tradePath(terms.buyer, terms.requestedAt, id));
    })
    .sort((a, b) => a.terms.requestedAt - b.terms.requestedAt);
  const unpaid = new Map<string, { readonly quotes: number; readonly bytes: number }>();
  let unpaidBytes = 0;
  const unpaidOf = (buyer: string) => unpaid.get(buyer) ?? { quotes: 0, bytes: 0 };
  const take = (buyer: string, size: number): void => {
    const { quotes, bytes } = unpaidOf(buyer);
    unpaid.set(buyer, { quotes: quotes + 1, bytes: bytes + size });
    unpaidBytes += size;
  };
  for (const { terms, seller, chain: onChain } of sold) {
    const quote = seller?.quote;
    // A buyer that gives up keeps using its limit until the quote expires, because sealing has cost the seller anyway.
    const isUnpaid = quote !== undefined && onChain === undefined && now < quote.expiry;
    if (isUnpaid) take(terms.buyer, quote.size);
  }
  const sizeOf = new Map(market.myOffers.map((offer) => [offer.id, offer.sizeBytes]));
  return sold.map((trade): TradeView => {
    if (trade.side === 'seller') return { type: 'sale', trade };
    const { buyer, offer } = trade.terms;
    const bytes = sizeOf.get(offer) ?? 0;
    const isNew = trade.chain === undefined && trade.buyer.closed === undefined;
    const mine = unpaidOf(buyer);
    // Goods over a limit may be quoted if nothing else is, or they could never be sold.
    const hasRoom = unpaidBytes === 0 || unpaidBytes + bytes <= settings.maxUnpaidBytes;
    const hasShare = mine.bytes === 0 || mine.bytes + bytes <= settings.maxUnpaidBytes / SHARES;
    const mayQuote = isNew && hasRoom && hasShare && mine.quotes < settings.maxUnpaidQuotes;
    if (mayQuote) take(buyer, bytes);
    return { type: 'request', trade, mayQuote };
  });
}
