import { systemClock } from '../../core/time.ts';
import type { RangeReader } from './block-ranges.ts';
import { type ChainAnchor, isSameChain, type ReadBefore, readAnchor, readHead } from './chain-anchor.ts';
import type { ChainClient } from './chain-client.ts';
import { formatJson } from './snapshot-text.ts';

/** No node lags by this many blocks, so older ones are read only once. Equals the range of one request. */
const RECENT_BLOCKS = 2_000n;

/** An event of a contract. */
export interface ChainEvent {
  readonly block: bigint | number;
}

/** A contract's events as of one block. Immutable. */
export interface EventBook<Event extends ChainEvent> extends ReadBefore {
  /** Seconds since 1970. */
  readonly blockTime: number;
  /** The block up to which events are settled. Absent if the chain is short. */
  readonly anchor: ChainAnchor | undefined;
  /** The events up to the anchor in chain order. A later book of the same chain starts with the same ones. */
  readonly settled: readonly Event[];
  /** The events after the anchor, which may still change. The same array as in the book before if they are equal. */
  readonly unsettled: readonly Event[];
}

/** The contract whose events are followed. */
export interface EventSource<Event extends ChainEvent> {
  readonly client: ChainClient;
  /** Reads its events in chain order. */
  readonly reader: RangeReader<Event>;
  /** The block of its deployment. */
  readonly fromBlock: bigint;
  /** The number of newest blocks whose events may still change. */
  readonly unsettledBlocks: bigint;
  /** The maximum number of ranges of old blocks to settle in one refresh; all if absent. */
  readonly maxRanges?: number;
}

/**
 * Reads the events since `before`, or all if the chain is no longer the same. A recent block is settled when the readings of
 * two successive refreshes agree on it, because a lagging node answers as if there were no events.
 * @param keepProgress receives the settled book after each range of old blocks; a failed reading continues from there.
 * @returns a book at the newest block, or at an older one if `maxRanges` is reached.
 * @throws SwarmError `market/chain-behind` if the node has not reached the block that was read before, and what viem throws.
 */
export async function followEvents<Event extends ChainEvent>(
  source: EventSource<Event>,
  before: EventBook<Event> | undefined,
  keepProgress: (book: EventBook<Event>) => Promise<void>,
): Promise<EventBook<Event>> {
  const { client, reader, fromBlock, unsettledBlocks, maxRanges = Number.POSITIVE_INFINITY } = source;
  const [first, atAnchor] = await Promise.all([
    readHead(client),
    before?.anchor === undefined ? undefined : readAnchor(client, before.anchor.number),
  ]);
  const isSame = before !== undefined && isSameChain(before, first, atAnchor, systemClock(), unsettledBlocks);
  const known = isSame ? before : undefined;
  let { anchor, settled } = known ?? { anchor: undefined, settled: [] };
  let loose: readonly Event[] = [];
  let start = anchor === undefined ? fromBlock : anchor.number + 1n;
  const old = first.number - RECENT_BLOCKS;
  const isLong = start <= old;
  let ranges = 0;
  while (start <= old && ranges < maxRanges) {
    const range = reader.first({ fromBlock: start, toBlock: old });
    const [events, end] = await Promise.all([reader.read(range), readAnchor(client, range.toBlock)]);
    start = range.toBlock + 1n;
    loose = joined(loose, events);
    // No block to go on from at the next refresh, which would read the same again: such a range doesn't count.
    if (end === undefined) continue;
    ranges += 1;
    anchor = end;
    settled = joined(settled, loose);
    loose = [];
    await keepProgress({ blockNumber: end.number, blockTime: end.time, anchor, settled, unsettled: loose });
  }
  if (start <= old) {
    return { blockNumber: start - 1n, blockTime: anchor?.time ?? first.time, anchor, settled, unsettled: loose };
  }

  // Reading a long history takes time, so the newest block is read again.
  const newest = isLong ? await readHead(client) : first;
  const head = newest.number > first.number ? newest : first;
  const settling = head.number - unsettledBlocks;
  const readTwice = known === undefined || known.blockNumber > settling ? settling : known.blockNumber;
  const [fresh, candidate] = await Promise.all([
    reader.read({ fromBlock: start, toBlock: head.number }),
    known === undefined || readTwice < start ? undefined : readAnchor(client, readTwice),
  ]);
  const at = { blockNumber: head.number, blockTime: head.time };
  if (known === undefined || candidate === undefined || !agree(known.unsettled, fresh, start, candidate.number)) {
    return { ...at, anchor, settled, unsettled: unlessSame(known?.unsettled, joined(loose, fresh)) };
  }
  const isSettled = ({ block }: Event): boolean => BigInt(block) <= candidate.number;
  return {
    ...at,
    anchor: candidate,
    settled: joined(settled, joined(loose, fresh.filter(isSettled))),
    unsettled: unlessSame(
      known.unsettled,
      fresh.filter((event) => !isSettled(event)),
    ),
  };
}

/** A book with all its events marked as settled. */
export function settledAt<Event extends ChainEvent>(book: EventBook<Event>, anchor: ChainAnchor): EventBook<Event> {
  return { ...book, anchor, settled: joined(book.settled, book.unsettled), unsettled: [] };
}

/** Whether two readings found the same events in the blocks from `start` to `end`, both included. */
function agree<Event extends ChainEvent>(
  known: readonly Event[],
  fresh: readonly Event[],
  start: bigint,
  end: bigint,
): boolean {
  const isMeant = ({ block }: Event): boolean => BigInt(block) >= start && BigInt(block) <= end;
  return areSame(known.filter(isMeant), fresh.filter(isMeant));
}

function unlessSame<Event extends ChainEvent>(
  known: readonly Event[] | undefined,
  fresh: readonly Event[],
): readonly Event[] {
  return known !== undefined && areSame(known, fresh) ? known : fresh;
}

function areSame<Event extends ChainEvent>(a: readonly Event[], b: readonly Event[]): boolean {
  return a.length === b.length && a.every((event, index) => formatJson(event) === formatJson(b[index] ?? {}));
}

function joined<Event>(a: readonly Event[], b: readonly Event[]): readonly Event[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : [...a, ...b];
}
