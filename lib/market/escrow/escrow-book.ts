import type { Hex } from 'viem';
import type { EventBook } from '../chain/follow-events.ts';
import { type EscrowEvent, foldEvent, type TradeRecord } from './escrow-log.ts';

/** The escrow as its events tell it, as of one block. Immutable. */
export interface EscrowBook extends EventBook<EscrowEvent> {
  /** The trades by the escrow's key. The same map as before where nothing changed. */
  readonly trades: ReadonlyMap<Hex, TradeRecord>;
  /** The trades as the settled events alone tell them. */
  readonly settledTrades: ReadonlyMap<Hex, TradeRecord>;
}

/**
 * Folds the escrow's events into its trades. What vanished in a reorganisation is gone, and what moved has moved.
 * @param before an earlier fold of the same index: what it has of the settled events is not folded again.
 */
export function foldTrades(before: EscrowBook | undefined, book: EventBook<EscrowEvent>): EscrowBook {
  const known = before !== undefined && goesOn(before.settled, book.settled) ? before : undefined;
  const settledTrades = withEvents(
    known?.settledTrades ?? new Map<Hex, TradeRecord>(),
    book.settled.slice(known?.settled.length ?? 0),
  );
  const isSame = known?.settledTrades === settledTrades && known.unsettled === book.unsettled;
  return { ...book, settledTrades, trades: isSame ? known.trades : withEvents(settledTrades, book.unsettled) };
}

/** Whether a list of settled events goes on where an earlier one ended: such a list holds the very same objects first. */
function goesOn(before: readonly EscrowEvent[], after: readonly EscrowEvent[]): boolean {
  return before.length === 0 || before.at(-1) === after[before.length - 1];
}

function withEvents(
  trades: ReadonlyMap<Hex, TradeRecord>,
  events: readonly EscrowEvent[],
): ReadonlyMap<Hex, TradeRecord> {
  if (events.length === 0) return trades;
  const changed = new Map(trades);
  for (const event of events) {
    const record = foldEvent(changed.get(event.key), event);
    if (record !== undefined) changed.set(event.key, record);
  }
  return changed;
}
