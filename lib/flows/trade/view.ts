import type { Snapshot } from '../../core/snapshot.ts';
import { allTrades, type TradePair, tradesBought, tradesSold } from '../../market/trade-pairs.ts';
import type { TradeSettings } from './settings.ts';

/** A trade from where the agent stands. `anyone` is neither party: it only ends what the parties left lying. */
export type TradeView =
  | { readonly side: 'buyer'; readonly pair: TradePair }
  | { readonly side: 'seller'; readonly pair: TradePair; readonly mayQuote: boolean }
  | { readonly side: 'anyone'; readonly pair: TradePair };

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
  const pairs = tradesSold(vault, chain, me.name)
    .filter((pair) => pair.seller !== undefined || isMeant(pair, snapshot))
    .sort((a, b) => a.buyer.requestedAt - b.buyer.requestedAt);
  const unpaidQuotes = new Map<string, number>();
  let unpaidBytes = 0;
  const take = (buyer: string, bytes: number): void => {
    unpaidQuotes.set(buyer, (unpaidQuotes.get(buyer) ?? 0) + 1);
    unpaidBytes += bytes;
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
    // A single piece of goods over the byte limit may go out alone, or it could never be sold.
    const hasRoom = unpaidBytes === 0 || unpaidBytes + bytes <= settings.maxUnpaidBytes;
    const mayQuote = isNew && hasRoom && (unpaidQuotes.get(buyer) ?? 0) < settings.maxUnpaidQuotes;
    if (mayQuote) take(buyer, bytes);
    return { side: 'seller', pair, mayQuote };
  });
}

/** Whether a request comes from the wallet that its folder's agent states and goes to this agent's: all else is noise. */
function isMeant({ buyer, chain }: TradePair, { me, directory }: Snapshot): boolean {
  const { request } = buyer;
  return chain === undefined && request.seller === me.address && directory.get(buyer.owner) === request.buyer;
}
