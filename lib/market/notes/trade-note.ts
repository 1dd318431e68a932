import { z } from 'zod';
import { hex32, type TradeId } from '../../core/ids.ts';
import { formatUsdc } from '../../core/money.ts';
import { formatIso, formatMonth } from '../../core/time.ts';
import { isoSeconds } from '../terms/fields.ts';

/** Matches the notes of both sides of a trade; `kind` in the front matter tells the side. */
export const TRADE_NOTE_PATH = /^agents\/([^/]+)\/trades\/\d{4}-\d{2}\/0x[0-9a-f]{64}\.md$/;

/**
 * The path of either side's note of a trade.
 * @param requestedAt the request's `createdAt`, which both sides know; the month in the path follows from it.
 */
export function tradePath(owner: string, requestedAt: number, id: TradeId): string {
  return `agents/${owner}/trades/${formatMonth(requestedAt)}/${id}.md`;
}

/** How a trade ended, with the transaction that ended it if there is one. */
export const tradeClosing = z.strictObject({
  state: z.enum(['settled', 'refunded', 'disputed', 'expired']),
  at: isoSeconds,
  tx: hex32.optional(),
});
export type TradeClosing = Readonly<z.output<typeof tradeClosing>>;

/** The front matter of a closing. */
export function closingFront(closed: TradeClosing | undefined): Readonly<Record<string, unknown>> | undefined {
  return closed === undefined ? undefined : { ...closed, at: formatIso(closed.at) };
}

/** Drops the fields that are undefined, which YAML can't express. */
export function withoutUndefined(front: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(front).filter(([, value]) => value !== undefined));
}

/** Whether the amount for people equals the amount for machines. */
export function amountsMatch(note: { readonly amountAtomic: bigint; readonly amountUsdc: string }): boolean {
  return note.amountUsdc === formatUsdc(note.amountAtomic);
}
