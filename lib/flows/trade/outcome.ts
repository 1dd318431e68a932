import type { Announcement } from '../../core/channel.ts';
import type { Outcome } from '../../core/flow.ts';
import { wireId } from '../../core/ids.ts';
import type { VaultOperation } from '../../core/vault.ts';
import type { Trade } from '../../market/notes/trade-pairs.ts';

/** The name of the flow, in logs. */
export const TRADE = 'trade';

/** The outcome of a successful step. */
export function done(
  what: string,
  reason: string,
  operations: readonly VaultOperation[],
  announcements: readonly Announcement[] = [],
): Outcome {
  return { flow: TRADE, what, reason, operations, announcements };
}

/** Formats a trade's name for logs: `skill-profile, trade 12ab34cd`. */
export function nameOf({ id, terms }: Trade): string {
  return `${terms.product}, trade ${wireId(id)}`;
}
