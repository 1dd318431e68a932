import type { ChainView } from '../../core/chain.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { allRecords, type TradeRecord } from '../../market/notes/trade-record.ts';
import type { TradeTotals } from './trade-totals.ts';

/** All trades of a vault, archived ones too. */
export function recordsOf(index: VaultIndex, chain: ChainView): readonly TradeRecord[] {
  return allRecords(index, { chain, now: chain.blockTime });
}

/** The trades that were paid for. */
export function settledOf(trades: readonly TradeRecord[]): readonly TradeRecord[] {
  return trades.filter(({ state, escrow }) => state === 'settled' && escrow !== undefined);
}

/** The sum paid for trades, in atomic units. */
export function paidFor(settled: readonly TradeRecord[]): bigint {
  return settled.reduce((sum, { escrow }) => sum + (escrow?.amountAtomic ?? 0n), 0n);
}

/** Counts trades. */
export function totalsOf(trades: readonly TradeRecord[]): TradeTotals {
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
