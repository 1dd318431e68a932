import type { ChainView } from '../../core/chain.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { allTrades, type TradePair } from '../../market/notes/trade-pairs.ts';
import { tradeState } from '../../market/notes/trade-state.ts';

/** How many trades there are, by how they ended, and what was paid. */
export interface TradeTotals {
  readonly requested: number;
  readonly completed: number;
  readonly refunded: number;
  readonly disputed: number;
  readonly expired: number;
  readonly open: number;
  /** What buyers paid for the completed ones. */
  readonly paidAtomic: bigint;
}

/** All trades of a vault, with where each stands. */
export function tradesWithStates(index: VaultIndex, chain: ChainView) {
  return allTrades(index, chain).map((pair) => ({ pair, state: tradeState(pair, chain.blockTime, true) }));
}

/** The trades that were paid for. */
export function settledOf(trades: ReturnType<typeof tradesWithStates>): readonly TradePair[] {
  return trades.flatMap(({ pair, state }) => (state === 'settled' && pair.chain ? [pair] : []));
}

/** What was paid for trades, in atomic units. */
export function paidFor(settled: readonly TradePair[]): bigint {
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

/** What came to be since `before`; open trades are those of now. */
export function totalsSince(before: TradeTotals, now: TradeTotals): TradeTotals {
  return {
    requested: now.requested - before.requested,
    completed: now.completed - before.completed,
    refunded: now.refunded - before.refunded,
    disputed: now.disputed - before.disputed,
    expired: now.expired - before.expired,
    open: now.open,
    paidAtomic: now.paidAtomic - before.paidAtomic,
  };
}
