import type { Hex } from 'viem';
import type { AgentName, OfferId, ProductName } from '../../core/ids.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { archivedTradesKind } from './archived-trade.ts';
import { buyerTradeKind } from './buyer-trade-note.ts';

/** Goods that an agent bought, opened and signed for. */
export interface GoodsReceived {
  /** SHA-256 of the goods. */
  readonly digest: Hex;
  readonly seller: AgentName;
  readonly product: ProductName;
  readonly subject: string;
  readonly offer: OfferId;
  readonly amountAtomic: bigint;
}

/** The goods that an agent received: in archived trades, then in those on `main`. A trade counts once. */
export function* goodsReceived(vault: VaultIndex, name: AgentName): Generator<GoodsReceived> {
  const seen = new Set<string>();
  for (const { data } of vault.notes(archivedTradesKind)) {
    for (const trade of data.trades) {
      if (trade.of === 'seller' || trade.buyer !== name || seen.has(trade.id)) continue;
      seen.add(trade.id);
      const { received, seller, product, subject, offer, amountAtomic } = trade;
      if (received?.isConfirmed)
        yield { digest: received.contentDigest, seller, product, subject, offer, amountAtomic };
    }
  }
  for (const { data } of vault.notes(buyerTradeKind, name)) {
    const { id, received, confirmation, seller, product, subject, offer, amountAtomic } = data;
    if (received === undefined || confirmation === undefined || seen.has(id)) continue;
    yield { digest: received.contentDigest, seller, product, subject, offer, amountAtomic };
  }
}
