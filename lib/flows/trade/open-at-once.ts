import { sumAtomic } from '../../core/money.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { type TradePair, tradesBought } from '../../market/notes/trade-pairs.ts';
import { tradeState } from '../../market/notes/trade-state.ts';
import type { TradeSettings } from './settings.ts';

/** A quote that runs out sooner than this is not opened and revealed at once, in seconds. */
const MIN_LIFE_SECONDS = 600;

/**
 * Whether a trade may be opened and its key revealed in one transaction. If that reverted, the key would be public and
 * nothing paid: so only a cheap trade, with time to spare, alone among the buyer's, whose balance covers everything
 * that it has authorized and that no escrow has pulled yet.
 * @param batch all trades that the seller opens in this beat.
 */
export function mayOpenAtOnce(
  pair: TradePair,
  batch: readonly TradePair[],
  buyerBalanceAtomic: bigint,
  snapshot: Snapshot,
  settings: TradeSettings,
): boolean {
  const quote = pair.seller?.quote;
  if (quote === undefined || quote.amount >= settings.openAndRevealBelowAtomic) return false;
  if (quote.expiry - snapshot.now < MIN_LIFE_SECONDS || snapshot.chain?.inFlight !== false) return false;
  const { buyer } = pair.buyer.request;
  if (batch.some((other) => other.id !== pair.id && other.buyer.request.buyer === buyer)) return false;
  const live = tradesBought(snapshot.vault, snapshot.chain, pair.buyer.owner).filter(
    (other) =>
      tradeState(other, snapshot.now, true) === 'authorized' && snapshot.now < (other.buyer.quote?.expiry ?? Infinity),
  );
  return buyerBalanceAtomic >= sumAtomic(live.map((other) => other.buyer.amountAtomic));
}
