import type { Hex } from 'viem';
import type { TradeRecord } from '../../core/chain.ts';
import type { EventBook } from '../chain/follow-events.ts';
import { type EscrowEvent, foldEvent } from './escrow-log.ts';

/** The state of the escrow at one block, from its events. Immutable. */
export interface EscrowBook extends EventBook<EscrowEvent> {
  /** The trades by the escrow's key. The same map as before if nothing changed. */
  readonly trades: ReadonlyMap<Hex, TradeRecord>;
  /** The trades by the settled events alone. */
  readonly settledTrades: ReadonlyMap<Hex, TradeRecord>;
}

/**
 * Folds the escrow's events into its trades. Follows reorganisations: an event that is gone no longer counts.
 * @param before an earlier fold of the same index; its settled events are not folded again.
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

/** Whether a list of settled events continues an earlier one: then it starts with the same objects. */
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
