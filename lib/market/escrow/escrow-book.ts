import type { Hex } from 'viem';
import type { ChainAnchor } from '../chain/chain-anchor.ts';
import { type EscrowEvent, foldTrade, inChainOrder, type TradeRecord } from './escrow-log.ts';

/** The escrow as its events tell it, as of one block. Immutable. */
export interface EscrowBook {
  readonly blockNumber: bigint;
  /** Seconds since 1970. */
  readonly blockTime: number;
  /** The block up to which events are final, as long as its hash stays. Absent on a short chain. */
  readonly anchor: ChainAnchor | undefined;
  /** The events of each trade by the escrow's key, in chain order. */
  readonly events: ReadonlyMap<Hex, readonly EscrowEvent[]>;
  readonly trades: ReadonlyMap<Hex, TradeRecord>;
}

/**
 * Puts freshly read events in the place of what was known from block `start` on: what moved in a reorganization moves,
 * what vanished is gone. Gives back the same maps when nothing changed.
 * @param before what was known, or undefined to begin anew.
 */
export function mergeEvents(
  before: Pick<EscrowBook, 'events' | 'trades'> | undefined,
  fresh: readonly EscrowEvent[],
  start: bigint,
): Pick<EscrowBook, 'events' | 'trades'> {
  const known = before ?? { events: new Map<Hex, readonly EscrowEvent[]>(), trades: new Map<Hex, TradeRecord>() };
  const lists = new Map<Hex, EscrowEvent[]>();
  for (const [key, list] of known.events) {
    if ((list.at(-1)?.block ?? 0n) >= start)
      lists.set(
        key,
        list.filter((event) => event.block < start),
      );
  }
  for (const event of fresh) {
    const list = lists.get(event.key) ?? [...(known.events.get(event.key) ?? [])];
    list.push(event);
    lists.set(event.key, list);
  }
  const changed = [...lists].filter(([key, list]) => !sameEvents(known.events.get(key) ?? [], list));
  // Not `known` itself: a whole book may have come in, and its block is not the one that was just read.
  if (changed.length === 0) return { events: known.events, trades: known.trades };

  const events = new Map(known.events);
  const trades = new Map(known.trades);
  for (const [key, list] of changed) {
    const record = foldTrade(list);
    if (record === undefined) {
      events.delete(key);
      trades.delete(key);
    } else {
      events.set(key, list);
      trades.set(key, record);
    }
  }
  return { events, trades };
}

/**
 * Whether another reading found of the blocks from `start` to `end` (both included) what a book has of them.
 * @param fresh in chain order; later events make no difference.
 */
export function confirmsBook(
  book: Pick<EscrowBook, 'events'>,
  fresh: readonly EscrowEvent[],
  start: bigint,
  end: bigint,
): boolean {
  const isMeant = ({ block }: EscrowEvent): boolean => block >= start && block <= end;
  const known = [...book.events.values()].filter((list) => (list.at(-1)?.block ?? 0n) >= start);
  return sameEvents(known.flat().filter(isMeant).sort(inChainOrder), fresh.filter(isMeant));
}

function sameEvents(a: readonly EscrowEvent[], b: readonly EscrowEvent[]): boolean {
  return a.length === b.length && a.every((event, index) => samePlace(event, b[index]));
}

function samePlace(a: EscrowEvent, b: EscrowEvent | undefined): boolean {
  return b?.tx === a.tx && b.block === a.block && b.logIndex === a.logIndex && b.at === a.at;
}
