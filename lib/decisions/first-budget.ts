import type { MarketFacts } from '../core/facts.ts';

/** Whether an agent has a budget but never received any money: it holds none and has never traded. */
export function awaitsFirstBudget({ budget, trades }: Pick<MarketFacts, 'budget' | 'trades'>): boolean {
  return budget.dailyAtomic > 0n && budget.balanceAtomic === 0n && trades.length === 0;
}
