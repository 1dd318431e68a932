import type { Snapshot } from '../../core/snapshot.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import type { Purchase } from '../../market/notes/trade-pairs.ts';
import type { TradeReader } from '../../market/notes/trade-reader.ts';
import { standingOf } from '../../market/notes/trade-state.ts';

/** Whether a buyer's download is still needed: for an open or paid trade, or as evidence of goods that are not as promised. Pure. */
export function needsDownload(purchase: Purchase): boolean {
  const { fault, received } = purchase.buyer;
  if (fault !== undefined) return true;
  if (received !== undefined) return false;
  const { type } = standingOf(purchase);
  return type !== 'expired' && type !== 'refunded';
}

/** Deletes the downloads that no trade of the agent needs any more, for example after a kill. */
export async function sweepDownloads(
  goods: GoodsStore,
  trades: TradeReader,
  { vault, chain, me }: Snapshot,
): Promise<void> {
  const needed = new Set(
    trades
      .bought(vault, chain, me.name)
      .filter(needsDownload)
      .map(({ id }) => id),
  );
  for (const trade of await goods.partials()) if (!needed.has(trade)) await goods.removePartial(trade);
}
