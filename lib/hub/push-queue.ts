/** The queue of accounts that want to push. One account at a time has the turn, with a timeout; the others wait in order. */
export interface PushQueue {
  /**
   * Waits for an account's turn. Resolves to true when it has the turn, false after the timeout or when a newer request of the
   * account replaced this one. An account that asks again soon after false keeps its position in the queue.
   */
  readonly waitForTurn: (account: string, signal: AbortSignal) => Promise<boolean>;
  /** Called when git starts to take an account's push: its turn, if it has it, then lasts until the push has ended. */
  readonly extend: (account: string) => void;
  /** Ends the turn of an account, if it has it. */
  readonly release: (account: string) => void;
  /** Called when an account's push has ended: its turn ends, too, and counts as used when the push was accepted. */
  readonly pushed: (account: string, isAccepted: boolean) => void;
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
  /** How long a turn may last that nothing is accepted in, and one with an accepted push. What is longer is the account's debt. */
  readonly idleMs: number;
  readonly usedMs: number;
  /** The shortest turn of an account in debt. */
  readonly minMs: number;
}

const TIMES: PushQueueTimes = {
  turnMs: 20_000,
  pushMs: 60_000,
  waitMs: 25_000,
  keepMs: 10_000,
  idleMs: 2_000,
  usedMs: 6_000,
  minMs: 2_000,
};
/** How much longer it takes to be forgiven a debt than to make it. */
const FORGIVENESS = 30;

/** An account in the queue: it waits, or its request timed out and it may ask again. */
type Entry = { readonly settle: (has: boolean) => void } | { readonly leftAtMs: number };

/** A turn that an account has. */
interface Turn {
  readonly account: string;
  readonly sinceMs: number;
  isUsed: boolean;
  timer: NodeJS.Timeout;
}

/**
 * Creates an empty queue. An account that holds turns for long, and more so without pushing, is in debt: the others that wait come
 * before it, and its turns are shorter by what it owes. An account is in it once: when it asks again while waiting, it keeps its position and the earlier
 * request resolves to false. An account that has the turn and asks again goes to the end.
 */
export function createPushQueue({
  turnMs,
  pushMs,
  waitMs,
  keepMs,
  idleMs,
  usedMs,
  minMs,
}: PushQueueTimes = TIMES): PushQueue {
  const queue = new Map<string, Entry>();
  /** What accounts owe. Only accounts with a password are here, and those without a debt are dropped. */
  const debts = new Map<string, { readonly ms: number; readonly atMs: number }>();
  let holder: Turn | undefined;

  function debtOf(account: string): number {
    const debt = debts.get(account);
    if (debt === undefined) return 0;
    const left = debt.ms - (performance.now() - debt.atMs) / FORGIVENESS;
    if (left <= 0) debts.delete(account);
    return Math.max(0, left);
  }

  // unref: a turn that isn't ended doesn't keep the hub running.
  const timerOf = (account: string, ms: number) =>
    setTimeout(() => release(account), Math.max(Math.min(ms, minMs), ms - debtOf(account))).unref();

  function start(account: string): void {
    holder = { account, sinceMs: performance.now(), isUsed: false, timer: timerOf(account, turnMs) };
  }

  function next(): void {
    if (holder !== undefined) return;
    for (const [account, entry] of queue) {
      if ('leftAtMs' in entry && performance.now() - entry.leftAtMs > keepMs) queue.delete(account);
    }
    let first: { readonly account: string; readonly settle: (has: boolean) => void; readonly debt: number } | undefined;
    for (const [account, entry] of queue) {
      if (!('settle' in entry)) continue;
      const debt = debtOf(account);
      if (first === undefined || debt < first.debt) first = { account, settle: entry.settle, debt };
    }
    if (first === undefined) return;
    queue.delete(first.account);
    start(first.account);
    first.settle(true);
  }

  function release(account: string): void {
    if (holder?.account !== account) return;
    clearTimeout(holder.timer);
    const heldMs = performance.now() - holder.sinceMs;
    const owed = heldMs - (holder.isUsed ? usedMs : idleMs);
    if (owed > 0) debts.set(account, { ms: debtOf(account) + owed, atMs: performance.now() });
    holder = undefined;
    next();
  }

  return {
    release,
    extend: (account) => {
      if (holder?.account !== account) return;
      clearTimeout(holder.timer);
      holder.timer = timerOf(account, pushMs);
    },
    pushed: (account, isAccepted) => {
      if (holder?.account === account && isAccepted) holder.isUsed = true;
      release(account);
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
