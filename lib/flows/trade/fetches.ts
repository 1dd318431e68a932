import type { AgentName, TradeId } from '../../core/ids.ts';
import type { FetchResult } from '../../delivery/fetch.ts';

/**
 * Fetches the goods of an agent's trades beside its beats: a server that hangs holds up no beat, and the goods of one seller
 * not those of another.
 */
export interface Fetches {
  /**
   * Starts a fetch in its turn and waits for it for a moment. Undefined while it runs or waits for its turn; the next call
   * for the trade gives what became of it, once.
   * @throws what the fetch threw.
   */
  readonly poll: (wanted: WantedGoods) => Promise<FetchResult | undefined>;
  /** Ends the fetch of a trade; resolves when nothing more is written into its folder. */
  readonly forget: (trade: TradeId) => Promise<void>;
  /** Ends all of them and starts no others. */
  readonly stop: () => Promise<void>;
}

/** The goods of one trade. */
export interface WantedGoods {
  readonly trade: TradeId;
  readonly seller: AgentName;
  /** Identifies the goods: under another key a trade has other goods. */
  readonly key: string;
  readonly run: (signal: AbortSignal) => Promise<FetchResult>;
}

/** How many fetches of one agent run at once, and only one of each seller: they take connections, not memory. */
const MOST_AT_ONCE = 8;

/** How long a beat waits for a fetch that it started, in milliseconds: most goods are there by then. */
const PATIENCE_MS = 2000;

/** What became of a fetch. */
type Ended = { readonly result: FetchResult } | { readonly error: unknown };

interface Fetch {
  readonly seller: AgentName;
  readonly key: string;
  readonly abort: AbortController;
  /** Never rejects. */
  readonly running: Promise<void>;
  ended: Ended | undefined;
  /** Whether the beat that started it went on without it. */
  isLate: boolean;
}

/** Creates an empty list. @param changed called when a fetch has ended that its beat did not wait for. */
export function createFetches(changed: () => void, patienceMs = PATIENCE_MS): Fetches {
  const fetches = new Map<TradeId, Fetch>();
  let isStopped = false;

  function mayStart(seller: AgentName): boolean {
    const running = [...fetches.values()].filter(({ ended }) => ended === undefined);
    return !isStopped && running.length < MOST_AT_ONCE && running.every((one) => one.seller !== seller);
  }

  function start({ trade, seller, key, run }: WantedGoods): Fetch {
    const abort = new AbortController();
    const running = run(abort.signal)
      .then(
        (result): Ended => ({ result }),
        (error: unknown): Ended => ({ error }),
      )
      .then((ended) => {
        fetch.ended = ended;
        if (fetch.isLate && !abort.signal.aborted) changed();
      });
    const fetch: Fetch = { seller, key, abort, running, ended: undefined, isLate: false };
    fetches.set(trade, fetch);
    return fetch;
  }

  async function forget(trade: TradeId): Promise<void> {
    const fetch = fetches.get(trade);
    if (fetch === undefined) return;
    fetch.abort.abort(new Error('the goods are no longer wanted'));
    await fetch.running;
    if (fetches.get(trade) === fetch) fetches.delete(trade);
  }

  return {
    poll: async (wanted) => {
      const { trade, key, seller } = wanted;
      const before = fetches.get(trade);
      if (before !== undefined && before.key !== key) await forget(trade);
      let fetch = fetches.get(trade);
      if (fetch === undefined) {
        if (!mayStart(seller)) return undefined;
        fetch = start(wanted);
        await withinMs(fetch.running, patienceMs);
      }
      if (fetch.ended === undefined) {
        fetch.isLate = true;
        return undefined;
      }
      fetches.delete(trade);
      if ('error' in fetch.ended) throw fetch.ended.error;
      return fetch.ended.result;
    },
    forget,
    stop: async () => {
      isStopped = true;
      await Promise.all([...fetches.keys()].map(forget));
    },
  };
}

async function withinMs(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    promise,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
