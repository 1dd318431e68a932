import type { Swarm } from '../../lib/host/machine/swarm.ts';
import type { TradeTotals } from '../../lib/host/machine/trade-totals.ts';

/** The latest count of the trades. */
export interface TradeCounter {
  readonly totals: () => TradeTotals;
  readonly stop: () => void;
}

/** The interval between two counts, in milliseconds: at least this long, and at least 20 times as long as the count took. */
const COUNT_EVERY_MS = 2000;
const COUNT_COST_FACTOR = 20;

/** Counts the trades of a running swarm at intervals, until it is stopped. */
export function countTrades(swarm: Pick<Swarm, 'before' | 'readTotals'>): TradeCounter {
  let totals = swarm.before;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const count = async (): Promise<void> => {
    const began = performance.now();
    try {
      totals = await swarm.readTotals();
    } catch {
      // The next count tries again.
    }
    if (!isStopped) schedule(Math.max(COUNT_EVERY_MS, COUNT_COST_FACTOR * (performance.now() - began)));
  };
  const schedule = (delayMs: number): void => {
    timer = setTimeout(() => void count(), delayMs).unref();
  };
  schedule(COUNT_EVERY_MS);
  return {
    totals: () => totals,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
