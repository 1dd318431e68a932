import type { TradeFact } from '../core/facts.ts';
import type { AgentName } from '../core/ids.ts';

/** Missed reveals after which a seller is avoided, unless more trades with it went well. */
const MISSED_REVEALS = 2;

/** The sellers that an agent no longer buys from: they took its money hostage more often than they delivered. */
export function distrusted(trades: readonly TradeFact[]): ReadonlySet<AgentName> {
  const balance = new Map<AgentName, { settled: number; missed: number }>();
  for (const trade of trades) {
    if (trade.side !== 'buyer') continue;
    const tally = balance.get(trade.counterparty) ?? { settled: 0, missed: 0 };
    if (trade.state === 'settled') tally.settled += 1;
    if (trade.state === 'refunded' || trade.state === 'disputed') tally.missed += 1;
    balance.set(trade.counterparty, tally);
  }
  const avoided = new Set<AgentName>();
  for (const [seller, { settled, missed }] of balance) {
    if (missed >= MISSED_REVEALS && missed > settled) avoided.add(seller);
  }
  return avoided;
}
