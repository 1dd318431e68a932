import type { Swarm } from '../../lib/host/machine/swarm.ts';
import type { TradeTotals } from '../../lib/host/machine/trade-totals.ts';

/** The trades as they were counted last. */
export interface TradeCounter {
  readonly totals: () => TradeTotals;
  readonly stop: () => void;
}

/** Trades are counted this often at most, and so seldom that counting them takes a twentieth of the time at most. */
const COUNT_EVERY_MS = 2000;
const COUNT_SHARE = 20;

/** Counts the trades of a running swarm again and again, until it is stopped. */
export function countTrades(swarm: Pick<Swarm, 'before' | 'readTotals'>): TradeCounter {
  let totals = swarm.before;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const count = async (): Promise<void> => {
    const began = performance.now();
    try {
      totals = await swarm.readTotals();
    } catch {
      // What can't be read now is read the next time.
    }
    if (!isStopped) schedule(Math.max(COUNT_EVERY_MS, COUNT_SHARE * (performance.now() - began)));
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
