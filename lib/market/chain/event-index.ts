import { type BlockRange, createRangeReader } from './block-ranges.ts';
import { isWorthKeeping } from './chain-anchor.ts';
import { type ChainClient, readingChain } from './chain-client.ts';
import { type ChainEvent, type EventBook, followEvents } from './follow-events.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** The minimum time between two snapshots while a long history is read, in ms. */
const KEEP_PROGRESS_EVERY_MS = 5_000;

/** The minimum time between two complete rereads, in ms, because a node that lost events would cause them endlessly. */
const REREAD_EVERY_MS = 600_000;

/** Follows the events of a contract for several callers. */
export interface EventIndex<Event extends ChainEvent> {
  /**
   * Reads the events up to the newest block. Concurrent calls share one refresh, and a recent one is reused, unless the
   * caller must see its own last transaction (`force`).
   * @throws SwarmError `market/chain-unreachable`, `market/chain-behind`. What was read before an error is not read again.
   */
  readonly refresh: (options?: { readonly force?: boolean }) => Promise<EventBook<Event>>;
  /** Marks the events as contradicted by the contract: the next refresh reads all of them again. */
  readonly doubt: () => void;
}

/** What an index follows and where it stores it. */
export interface EventIndexOptions<Event extends ChainEvent> {
  readonly client: ChainClient;
  /** The name of what is read, for errors. */
  readonly what: string;
  /** Reads the events of one range of blocks in chain order. */
  readonly read: (range: BlockRange) => Promise<readonly Event[]>;
  /** The block of the contract's deployment. */
  readonly fromBlock: bigint;
  readonly unsettledBlocks: bigint;
  /** The maximum number of ranges of old blocks that one refresh reads; the next one continues. All if absent. */
  readonly maxRanges?: number;
  /** How long a refresh is reused. */
  readonly throttleMs: number;
  /** Formats and parses the settled part of a book; undefined if there is none. */
  readonly format: (book: EventBook<Event>) => string | undefined;
  readonly parse: (text: string) => EventBook<Event> | undefined;
  /** Stores what was read across restarts; without it, or if it fails, all is read again. */
  readonly keep?: SnapshotStore;
}

/** Creates an index that starts from the stored snapshot, if there is one. */
export function createEventIndex<Event extends ChainEvent>(options: EventIndexOptions<Event>): EventIndex<Event> {
  const { client, what, fromBlock, unsettledBlocks, maxRanges, throttleMs, format, parse, keep } = options;
  const reader = createRangeReader(options.read);
  const source = { client, reader, fromBlock, unsettledBlocks, ...(maxRanges === undefined ? {} : { maxRanges }) };
  /** The result of the last completed refresh. */
  let current: EventBook<Event> | undefined;
  /** Where the next refresh continues: at `current`, before it, or after it. */
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
    // If the snapshot can't be stored, the events are read again after a restart.
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

  /** Clears `running` before those who wait for it continue. */
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
    // A forced refresh must see its caller's last transaction, but the running one may have started before that.
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
