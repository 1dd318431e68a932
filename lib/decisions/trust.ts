import type { TradeFact } from '../core/facts.ts';
import type { AgentName } from '../core/ids.ts';

/**
 * What a trade with a seller that went wrong counts: a missed reveal held the money in escrow, a quote without goods only
 * held it in the budget, and the buyer's own network may have been at fault.
 */
const MISSED_REVEAL = 4;
const NOT_DELIVERED = 1;
/** What a trade that went well makes up for. */
const SETTLED = 4;
/** From this on a seller is avoided, unless more trades with it went well: two missed reveals. */
const TOO_MUCH = 8;

/** The sellers that an agent no longer buys from: they held its money hostage more often than they delivered. */
export function distrusted(trades: readonly TradeFact[]): ReadonlySet<AgentName> {
  const balance = new Map<AgentName, { good: number; bad: number }>();
  for (const trade of trades) {
    if (trade.side !== 'buyer') continue;
    const tally = balance.get(trade.counterparty) ?? { good: 0, bad: 0 };
    if (trade.state === 'settled') tally.good += SETTLED;
    if (trade.state === 'refunded' || trade.state === 'disputed') tally.bad += MISSED_REVEAL;
    if (trade.isUndelivered) tally.bad += NOT_DELIVERED;
    balance.set(trade.counterparty, tally);
  }
  const avoided = new Set<AgentName>();
  for (const [seller, { good, bad }] of balance) {
    if (bad >= TOO_MUCH && bad > good) avoided.add(seller);
  }
  return avoided;
}
