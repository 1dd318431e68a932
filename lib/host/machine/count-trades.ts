import type { ChainView } from '../../core/chain.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { allTrades, type Purchase } from '../../market/notes/trade-pairs.ts';
import { tradeState } from '../../market/notes/trade-state.ts';
import type { TradeTotals } from './trade-totals.ts';

/** All trades of a vault with their states. */
export function tradesWithStates(index: VaultIndex, chain: ChainView) {
  return allTrades(index, chain).map((pair) => ({ pair, state: tradeState(pair, chain.blockTime, true) }));
}

/** The trades that were paid for. */
export function settledOf(trades: ReturnType<typeof tradesWithStates>): readonly Purchase[] {
  return trades.flatMap(({ pair, state }) => (state === 'settled' && pair.chain ? [pair] : []));
}

/** The sum paid for trades, in atomic units. */
export function paidFor(settled: readonly Purchase[]): bigint {
  return settled.reduce((sum, pair) => sum + (pair.chain?.amountAtomic ?? 0n), 0n);
}

/** Counts trades. */
export function totalsOf(trades: ReturnType<typeof tradesWithStates>): TradeTotals {
  const count = (wanted: string): number => trades.filter(({ state }) => state === wanted).length;
  const ended = {
    completed: count('settled'),
    refunded: count('refunded'),
    disputed: count('disputed'),
    expired: count('expired'),
  };
  const endedCount = ended.completed + ended.refunded + ended.disputed + ended.expired;
  return {
    requested: trades.length,
    ...ended,
    open: trades.length - endedCount,
    paidAtomic: paidFor(settledOf(trades)),
  };
}
