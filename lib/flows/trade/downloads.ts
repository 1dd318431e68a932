import type { Snapshot } from '../../core/snapshot.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import { type TradePair, tradesBought } from '../../market/notes/trade-pairs.ts';

/** Whether what a buyer fetched is still of use: for a trade that goes on or was paid, or as evidence of a fault. Pure. */
export function needsDownload({ buyer, chain }: Pick<TradePair, 'buyer' | 'chain'>): boolean {
  if (buyer.fault !== undefined) return true;
  if (buyer.received !== undefined) return false;
  const end = chain === undefined ? buyer.closed?.state : chain.state;
  return end !== 'expired' && end !== 'refunded';
}

/** Deletes the downloads that no trade of the agent needs any more: what a kill left behind. */
export async function sweepDownloads(goods: GoodsStore, { vault, chain, me }: Snapshot): Promise<void> {
  const needed = new Set(
    tradesBought(vault, chain, me.name)
      .filter(needsDownload)
      .map(({ id }) => id),
  );
  for (const trade of await goods.partials()) if (!needed.has(trade)) await goods.removePartial(trade);
}
