import { type BlockRange, createRangeReader } from './block-ranges.ts';
import { isWorthKeeping } from './chain-anchor.ts';
import { type ChainClient, readingChain } from './chain-client.ts';
import { type ChainEvent, type EventBook, followEvents } from './follow-events.ts';
import type { SnapshotKeep } from './snapshot-keep.ts';

/** What has been read of a long history is written out this often at most, in ms, until the newest block is reached. */
const KEEP_PROGRESS_EVERY_MS = 5_000;

/** Everything is read anew this often at most, in ms: a node that has lost events for good must not be asked on and on. */
const REREAD_EVERY_MS = 600_000;

/** Follows the events of a contract for all who ask. */
export interface EventIndex<Event extends ChainEvent> {
  /**
   * Brings the index up to the newest block. Calls share one refresh; one that just ended counts as new enough, unless the
   * caller wants to see what it has just done (`force`).
   * @throws SwarmError `market/chain-unreachable`, `market/chain-behind`. What was read before a failure is not read again.
   */
  readonly refresh: (options?: { readonly force?: boolean }) => Promise<EventBook<Event>>;
  /** Says that something else on the chain contradicts the events: the next refresh reads all of them anew. */
  readonly doubt: () => void;
}

/** What an index follows and where it keeps it. */
export interface EventIndexOptions<Event extends ChainEvent> {
  readonly client: ChainClient;
  /** What is read, for errors. */
  readonly what: string;
  /** Reads the events of one range in chain order. */
  readonly read: (range: BlockRange) => Promise<readonly Event[]>;
  /** The block of the contract's deployment. */
  readonly fromBlock: bigint;
  readonly unsettledBlocks: bigint;
  /** Ranges of old blocks that one refresh reads at most, for who has other work: the next one goes on. All if absent. */
  readonly maxRanges?: number;
  /** How long a refresh counts as new. */
  readonly throttleMs: number;
  /** The settled part of a book as text, and back: undefined where there is none. */
  readonly format: (book: EventBook<Event>) => string | undefined;
  readonly parse: (text: string) => EventBook<Event> | undefined;
  /** Where what was read outlives the process; without it, and where it fails, all is read again. */
  readonly keep?: SnapshotKeep;
}

/** Creates an index that knows nothing yet but what was kept. */
export function createEventIndex<Event extends ChainEvent>(options: EventIndexOptions<Event>): EventIndex<Event> {
  const { client, what, fromBlock, unsettledBlocks, maxRanges, throttleMs, format, parse, keep } = options;
  const reader = createRangeReader(options.read);
  const source = { client, reader, fromBlock, unsettledBlocks, ...(maxRanges === undefined ? {} : { maxRanges }) };
  /** What the last refresh that came to its end gave. */
  let current: EventBook<Event> | undefined;
  /** Where the next refresh goes on: `current`, or more or less of it. */
  let known: EventBook<Event> | undefined;
  let running: Promise<EventBook<Event>> | undefined;
  let queued: Promise<EventBook<Event>> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let isRecalled = false;
  let keptBlock: bigint | undefined;
  let keptAt = Number.NEGATIVE_INFINITY;
  let isDoubted = false;
  let doubtedAt = Number.NEGATIVE_INFINITY;

  async function recall(): Promise<void> {
    if (isRecalled) return;
    isRecalled = true;
    const text = await keep?.read().catch(() => undefined);
    known = text === undefined ? undefined : parse(text);
    keptBlock = known?.anchor?.number;
  }

  async function remember(): Promise<void> {
    if (keep === undefined || known === undefined || !isWorthKeeping(known.anchor, keptBlock)) return;
    keptBlock = known.anchor?.number;
    keptAt = performance.now();
    const text = format(known);
    // What can't be kept is read again after a restart; until then nobody misses it.
    if (text !== undefined) await keep.write(text).catch(() => undefined);
  }

  async function keepProgress(book: EventBook<Event>): Promise<void> {
    known = book;
    if (performance.now() - keptAt >= KEEP_PROGRESS_EVERY_MS) await remember();
  }

  async function forget(): Promise<void> {
    isDoubted = false;
    known = undefined;
    keptBlock = undefined;
    await keep?.write('').catch(() => undefined);
  }

  /** Ends `running` before anybody who waits for it goes on. */
  async function run(): Promise<EventBook<Event>> {
    try {
      await recall();
      if (isDoubted) await forget();
      const book = await readingChain(what, () => followEvents(source, known, keepProgress));
      known = book;
      current = book;
      refreshedAt = performance.now();
      return book;
    } finally {
      await remember();
      running = undefined;
    }
  }

  function start(): Promise<EventBook<Event>> {
    running ??= run();
    return running;
  }

  function refresh({ force = false } = {}): Promise<EventBook<Event>> {
    if (running === undefined) {
      const isNew = !isDoubted && performance.now() - refreshedAt < throttleMs;
      return current !== undefined && isNew && !force ? Promise.resolve(current) : start();
    }
    if (!force) return running;
    // What is forced must see what its caller has just done, and the running refresh may have begun before that.
    queued ??= running
      .catch(() => undefined)
      .then(() => {
        queued = undefined;
        return start();
      });
    return queued;
  }

  return {
    refresh,
    doubt: () => {
      if (performance.now() - doubtedAt < REREAD_EVERY_MS) return;
      isDoubted = true;
      doubtedAt = performance.now();
    },
  };
}
