/** The line of those who want to push. One at a time has the turn, for a bounded time; the rest come in their order. */
export interface Turns {
  /**
   * Waits for the turn of an account: true when it has it, false when it didn't come in time or was taken over. Who
   * was told no and asks again soon keeps the place.
   */
  readonly request: (account: string, signal: AbortSignal) => Promise<boolean>;
  /** Says that the push of an account is under way: its turn, if it has it, lasts until that has ended. */
  readonly extend: (account: string) => void;
  /** Ends the turn of an account; nothing when it has none. */
  readonly release: (account: string) => void;
  readonly waiting: () => number;
}

/** Times in milliseconds. */
export interface TurnTimes {
  /** How long a turn lasts at most until its push arrives. On a busy machine a fetch and a commit take seconds. */
  readonly turnMs: number;
  /** How long it lasts at most from then on. */
  readonly pushMs: number;
  /** How long somebody waits for an answer. */
  readonly waitMs: number;
  /** How long the place of somebody who was told no is kept. */
  readonly keepMs: number;
}

const TURN_TIMES: TurnTimes = { turnMs: 20_000, pushMs: 60_000, waitMs: 25_000, keepMs: 10_000 };

/** A place in the line: of somebody who waits, or who was told no at a time and may come back. */
type Place = { readonly settle: (has: boolean) => void } | { readonly leftAtMs: number };

/**
 * Creates an empty line. An account stands in it once: who asks again while waiting keeps the place, and the earlier
 * request is told no. Who has the turn and asks again goes to the end.
 */
export function createTurns({ turnMs, pushMs, waitMs, keepMs }: TurnTimes = TURN_TIMES): Turns {
  const line = new Map<string, Place>();
  let holder: { readonly account: string; readonly timer: NodeJS.Timeout } | undefined;

  function hold(account: string, ms: number): void {
    clearTimeout(holder?.timer);
    // A turn that nobody ends keeps no hub from ending.
    holder = { account, timer: setTimeout(() => release(account), ms).unref() };
  }

  function next(): void {
    if (holder !== undefined) return;
    for (const [account, place] of line) {
      const isWaiting = 'settle' in place;
      if (isWaiting || performance.now() - place.leftAtMs > keepMs) line.delete(account);
      if (!isWaiting) continue;
      hold(account, turnMs);
      place.settle(true);
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
    waiting: () => [...line.values()].filter((place) => 'settle' in place).length,
    request: (account, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(false);
        release(account);
        const settle = (has: boolean) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          resolve(has);
        };
        const place: Place = { settle };
        const giveUp = () => {
          if (line.get(account) !== place) return;
          line.delete(account);
          settle(false);
        };
        const timer = setTimeout(() => {
          if (line.get(account) !== place) return;
          line.set(account, { leftAtMs: performance.now() });
          settle(false);
        }, waitMs);
        signal.addEventListener('abort', giveUp, { once: true });
        const earlier = line.get(account);
        // Setting a key that is there keeps its place in the map.
        line.set(account, place);
        if (earlier !== undefined && 'settle' in earlier) earlier.settle(false);
        next();
      }),
  };
}
