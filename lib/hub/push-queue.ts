/** The queue of accounts that want to push. One account at a time has the turn, with a timeout; the others wait in order. */
export interface PushQueue {
  /**
   * Waits for an account's turn. Resolves to true when it has the turn, false after the timeout or when a newer request of the
   * account replaced this one. An account that asks again soon after false keeps its position in the queue.
   */
  readonly waitForTurn: (account: string, signal: AbortSignal) => Promise<boolean>;
  /** Called when an account's push starts: its turn, if it has it, then lasts until the push has ended. */
  readonly extend: (account: string) => void;
  /** Ends the turn of an account, if it has it. */
  readonly release: (account: string) => void;
  readonly waiting: () => number;
}

/** The timeouts of the queue. */
export interface PushQueueTimes {
  /** The timeout of a turn until its push arrives. On a busy machine a fetch and a commit take seconds. */
  readonly turnMs: number;
  /** The timeout of a turn from the start of its push. */
  readonly pushMs: number;
  /** The timeout of a request for a turn. */
  readonly waitMs: number;
  /** How long an account keeps its position after its request timed out. */
  readonly keepMs: number;
}

const TIMES: PushQueueTimes = { turnMs: 20_000, pushMs: 60_000, waitMs: 25_000, keepMs: 10_000 };

/** An account in the queue: it waits, or its request timed out and it may ask again. */
type Entry = { readonly settle: (has: boolean) => void } | { readonly leftAtMs: number };

/**
 * Creates an empty queue. An account is in it once: when it asks again while waiting, it keeps its position and the earlier
 * request resolves to false. An account that has the turn and asks again goes to the end.
 */
export function createPushQueue({ turnMs, pushMs, waitMs, keepMs }: PushQueueTimes = TIMES): PushQueue {
  const queue = new Map<string, Entry>();
  let holder: { readonly account: string; readonly timer: NodeJS.Timeout } | undefined;

  function hold(account: string, ms: number): void {
    clearTimeout(holder?.timer);
    // unref: a turn that isn't ended doesn't keep the hub running.
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
        // Setting an existing key keeps its position in the map.
        queue.set(account, entry);
        if (earlier !== undefined && 'settle' in earlier) earlier.settle(false);
        next();
      }),
  };
}
