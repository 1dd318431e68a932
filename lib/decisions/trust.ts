import type { TradeFact } from '../core/facts.ts';
import type { AgentName } from '../core/ids.ts';

/**
 * The weight of a failed trade: a missed reveal locked the money in escrow. A quote without goods only reserved it in the
 * budget, and the cause may be the buyer's own network.
 */
const MISSED_REVEAL = 4;
const NOT_DELIVERED = 1;
/** The weight of a settled trade. */
const SETTLED = 4;
/** A seller with this much bad weight (two missed reveals) is avoided, unless its good weight is as high. */
const AVOID_FROM = 8;

/** The sellers from which an agent no longer buys: their failed trades outweigh the settled ones. */
export function avoidedSellers(trades: readonly TradeFact[]): ReadonlySet<AgentName> {
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
    if (bad >= AVOID_FROM && bad > good) avoided.add(seller);
  }
  return avoided;
}
