import { sumAtomic } from '../../core/money.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Trade } from '../../market/notes/trade-pairs.ts';
import { standingOf } from '../../market/notes/trade-state.ts';
import type { TradePorts } from './ports.ts';

/** A quote that expires sooner than this is not opened and revealed in one transaction, in seconds. */
const MIN_LIFE_SECONDS = 600;

/**
 * Whether a trade may be opened and revealed in one transaction. If that reverted, the key would be public without a payment.
 * So the trade must be cheap, must not expire soon, must be the only one of its buyer in the batch, and the buyer's balance
 * must cover everything that it has authorized and that the escrow has not pulled yet.
 * @param batch all trades that the seller opens in this beat.
 */
export async function mayOpenAtOnce(
  trade: Trade,
  batch: readonly Trade[],
  snapshot: Snapshot,
  { settings, trades, readBalance }: Pick<TradePorts, 'settings' | 'trades' | 'readBalance'>,
): Promise<boolean> {
  const quote = trade.seller?.quote;
  if (quote === undefined || quote.amount >= settings.openAndRevealBelowAtomic) return false;
  if (quote.expiry - snapshot.now < MIN_LIFE_SECONDS || snapshot.chain?.hasPending !== false) return false;
  if (batch.some((other) => other.id !== trade.id && other.seller?.quote?.buyer === quote.buyer)) return false;
  const live = trades.bought(snapshot.vault, snapshot.chain, trade.terms.buyer).filter((other) => {
    const standing = standingOf(other);
    return standing.type === 'authorized' && snapshot.now < standing.quote.expiry;
  });
  // Last, because it asks the node.
  return (await readBalance(quote.buyer)) >= sumAtomic(live.map((other) => other.terms.amountAtomic));
}
