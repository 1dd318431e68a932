/** The queue of accounts that want to push. One at a time has the turn, for a bounded time; the rest come in their order. */
export interface PushQueue {
  /**
   * Waits for the turn of an account: true when it has it, false when it didn't come in time or a newer request of the
   * account took its place. An account that got false and asks again soon keeps its place.
   */
  readonly waitForTurn: (account: string, signal: AbortSignal) => Promise<boolean>;
  /** Says that the push of an account is under way: its turn, if it has it, lasts until that has ended. */
  readonly extend: (account: string) => void;
  /** Ends the turn of an account, if it has it. */
  readonly release: (account: string) => void;
  readonly waiting: () => number;
}

/** How long turns and waits last. */
export interface PushQueueTimes {
  /** How long a turn lasts at most until its push arrives. On a busy machine a fetch and a commit take seconds. */
  readonly turnMs: number;
  /** How long it lasts at most from then on. */
  readonly pushMs: number;
  /** How long a request waits for its turn. */
  readonly waitMs: number;
  /** How long the place of an account whose request ran out of time is kept. */
  readonly keepMs: number;
}

const TIMES: PushQueueTimes = { turnMs: 20_000, pushMs: 60_000, waitMs: 25_000, keepMs: 10_000 };

/** An account in the queue: it waits, or its request ran out of time and it may come back. */
type Entry = { readonly settle: (has: boolean) => void } | { readonly leftAtMs: number };

/**
 * Creates an empty queue. An account is in it once: when it asks again while waiting it keeps its place, and the earlier
 * request gets false. An account that has the turn and asks again goes to the end.
 */
export function createPushQueue({ turnMs, pushMs, waitMs, keepMs }: PushQueueTimes = TIMES): PushQueue {
  const queue = new Map<string, Entry>();
  let holder: { readonly account: string; readonly timer: NodeJS.Timeout } | undefined;

  function hold(account: string, ms: number): void {
    clearTimeout(holder?.timer);
    // unref: a turn that nobody ends keeps no hub from ending.
    holder = { account, timer: setTimeout(() => release(account), ms).unref() };
  }

  function next(): void {
    if (holder !== undefined) return;
    for (const [account, entry] of queue) {
      const isWaiting = 'settle' in entry;
      if (isWaiting || performance.now() - entry.leftAtMs > keepMs) queue.delete(account);
      if (!isWaiting) continue;
      hold(account, turnMs);
      entry.settle(true);
      return;
    }
  }

  function release(account: string): void {
    if (holder?.account !== account) return;
    clearTimeout(holder.timer);
    holder = undefined;
    next();
  }

  return {
    release,
    extend: (account) => {
      if (holder?.account === account) hold(account, pushMs);
    },
    waiting: () => [...queue.values()].filter((entry) => 'settle' in entry).length,
    waitForTurn: (account, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(false);
        release(account);
        const settle = (has: boolean) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          resolve(has);
        };
        const entry: Entry = { settle };
        const giveUp = () => {
          if (queue.get(account) !== entry) return;
          queue.delete(account);
          settle(false);
        };
        const timer = setTimeout(() => {
          if (queue.get(account) !== entry) return;
          queue.set(account, { leftAtMs: performance.now() });
          settle(false);
        }, waitMs);
        signal.addEventListener('abort', giveUp, { once: true });
        const earlier = queue.get(account);
        // Setting a key that is there keeps its place in the map.
        queue.set(account, entry);
        if (earlier !== undefined && 'settle' in earlier) earlier.settle(false);
        next();
      }),
  };
}
