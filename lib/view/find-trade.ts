import { SwarmError } from '../core/errors.ts';
import type { TradeRecord } from '../market/notes/trade-record.ts';

/**
 * Finds the one trade that a person means.
 * @param id the trade's id or at least 8 of its first digits, with or without `0x`.
 * @throws SwarmError `swarm/unknown-trade` when none or several match.
 */
export function findTrade(id: string, trades: readonly TradeRecord[]): TradeRecord {
  const wanted = id.toLowerCase().replace(/^0x/, '');
  const found = /^[0-9a-f]{8,64}$/.test(wanted) ? trades.filter((pair) => pair.id.startsWith(`0x${wanted}`)) : [];
  const [pair, second] = found;
  if (pair !== undefined && second === undefined) return pair;
  throw new SwarmError({
    code: 'swarm/unknown-trade',
    disposition: 'stop',
    message:
      second === undefined ? `No trade ${id.slice(0, 70)}` : `${found.length} trades start with ${id.slice(0, 70)}`,
    next: 'Give the trade id, or at least 8 of its digits; swarm-ops trades lists them.',
  });
}
