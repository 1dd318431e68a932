import { LRUCache } from 'lru-cache';
import { createTokenBucket, type TokenBucket } from '../core/token-bucket.ts';

/** A password that waits for its check. */
export interface WaitingCheck {
  /** Where it came from. */
  readonly address: string;
  readonly account: string;
  /** The same for the same account and password; concurrent requests with it share one check. */
  readonly id: string;
  readonly run: () => Promise<boolean>;
}

/** The result of a check; `busy` when it didn't come to it. */
export type CheckResult = 'right' | 'wrong' | 'busy';

/**
 * Queues checks of passwords that may be guesses. What is wrong makes only its like wait: addresses take turns, then the accounts
 * tried from an address, and of one account's passwords from an address a random one is next, so that the right one comes soon
 * whatever else is sent there.
 */
export interface CheckQueue {
  readonly check: (waiting: WaitingCheck) => Promise<CheckResult>;
}

/** The bounds of a {@link CheckQueue}. Each check takes tens of milliseconds of a core. */
export interface CheckBounds {
  readonly running: number;
  /** The hub's checks: so many at once after a rest, then one each `everyMs`. */
  readonly burst: number;
  readonly everyMs: number;
  /** How many passwords of one account from one address may wait, and how many in all. Past that a random one is refused. */
  readonly waitingOfPair: number;
  readonly waiting: number;
  readonly maxWaitMs: number;
}

/** The least recently served are forgotten. */
const MAX_REMEMBERED = 10_000;
const BOUNDS: CheckBounds = {
  running: 2,
  // All accounts of a fleet may sign in at once after the first start.
  burst: 64,
  everyMs: 250,
  waitingOfPair: 4,
  waiting: 128,
  maxWaitMs: 15_000,
};

interface Entry extends WaitingCheck {
  readonly settle: (result: CheckResult) => void;
  readonly result: Promise<CheckResult>;
}

/** Creates a {@link CheckQueue}. `random` gives numbers from 0 to 1. */
export function createCheckQueue(
  nowMs: () => number,
  bounds: CheckBounds = BOUNDS,
  random: () => number = Math.random,
): CheckQueue {
  const rate: TokenBucket = createTokenBucket(bounds.burst, bounds.everyMs);
  const waiting = new Map<string, Entry>();
  /** When each address, and each account tried from one, had its turn. */
  const turns = new LRUCache<string, number>({ max: MAX_REMEMBERED });
  let turn = 0;
  let running = 0;
  let timer: NodeJS.Timeout | undefined;

  const pairOf = ({ address, account }: WaitingCheck) => `${address}\0${account}`;
  const pick = (entries: readonly Entry[]) => entries[Math.floor(random() * entries.length)];

  /** The entries of the address, and there of the account, that had its turn the longest ago. */
  function next(): Entry | undefined {
    const all = [...waiting.values()];
    const oldest = (keys: readonly string[]) =>
      keys.reduce((best, key) => ((turns.peek(key) ?? 0) < (turns.peek(best) ?? 0) ? key : best));
    if (all.length === 0) return undefined;
    const address = oldest(all.map((one) => one.address));
    const ofAddress = all.filter((one) => one.address === address);
    const pair = oldest(ofAddress.map(pairOf));
    const entry = pick(ofAddress.filter((one) => pairOf(one) === pair));
    turn += 1;
    turns.set(address, turn);
    turns.set(pair, turn);
    return entry;
  }

  function pump(): void {
    clearTimeout(timer);
    while (running < bounds.running && waiting.size > 0) {
      const waitMs = rate.take(nowMs());
      if (waitMs > 0) {
        timer = setTimeout(pump, waitMs).unref();
        return;
      }
      const entry = next();
      if (entry === undefined) return;
      waiting.delete(entry.id);
      running += 1;
      void entry
        .run()
        .then((isRight) => entry.settle(isRight ? 'right' : 'wrong'))
        .catch(() => entry.settle('busy'))
        .finally(() => {
          running -= 1;
          pump();
        });
    }
  }

  function refuse(entry: Entry | undefined): void {
    if (entry === undefined) return;
    waiting.delete(entry.id);
    entry.settle('busy');
  }

  /** Keeps the bounds by refusing one of the pair, or one of the address that has most waiting. */
  function makeRoom(added: Entry): void {
    const all = [...waiting.values()];
    const ofPair = all.filter((one) => pairOf(one) === pairOf(added));
    if (ofPair.length > bounds.waitingOfPair) refuse(pick(ofPair));
    if (waiting.size <= bounds.waiting) return;
    const counts = new Map<string, number>();
    for (const { address } of all) counts.set(address, (counts.get(address) ?? 0) + 1);
    const most = Math.max(...counts.values());
    refuse(pick(all.filter(({ address }) => counts.get(address) === most)));
  }

  return {
    check: (asked) => {
      const same = waiting.get(asked.id);
      if (same !== undefined) return same.result;
      let settle: (result: CheckResult) => void = () => undefined;
      const result = new Promise<CheckResult>((resolve) => {
        settle = resolve;
      });
      const late = setTimeout(() => refuse(entry), bounds.maxWaitMs).unref();
      void result.then(() => clearTimeout(late));
      const entry: Entry = { ...asked, settle, result };
      waiting.set(asked.id, entry);
      makeRoom(entry);
      pump();
      return result;
    },
  };
}
