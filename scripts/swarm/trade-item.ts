import { formatIso } from '../../lib/core/time.ts';
import type { TradePair } from '../../lib/market/trade-pairs.ts';
import { tradeState } from '../../lib/market/trade-state.ts';

/** One trade as `swarm-ops trades` lists it. Amounts in atomic units as strings, times in ISO 8601. */
export interface TradeItem {
  readonly id: string;
  readonly offer: string;
  readonly buyer: string;
  readonly seller: string;
  readonly product: string;
  readonly amountAtomic: string;
  readonly state: string;
  readonly openedAt: string | null;
  readonly deadline: string | null;
  readonly txs: Readonly<Record<string, string>>;
}

/** Describes a trade. `now` is block time where the chain was seen. */
export function tradeItem(pair: TradePair, now: number, chainSeen: boolean): TradeItem {
  const { buyer, seller, chain } = pair;
  const deadline = chain?.deadline ?? buyer.deadline ?? seller?.deadline;
  const txs = present(chain?.txs ?? seller?.txs ?? {});
  return {
    id: pair.id,
    offer: buyer.offer,
    buyer: buyer.owner,
    seller: buyer.seller,
    product: buyer.product,
    amountAtomic: buyer.amountAtomic.toString(),
    state: tradeState(pair, now, chainSeen),
    openedAt: chain === undefined ? null : formatIso(chain.openedAt),
    deadline: deadline === undefined ? null : formatIso(deadline),
    txs,
  };
}

function present(txs: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(txs).flatMap(([name, tx]) => (tx === undefined ? [] : [[name, tx]])));
}
