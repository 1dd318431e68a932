import { createHmac, randomBytes } from 'node:crypto';
import type { Account } from '../core/hub-accounts.ts';
import { verifyPassword } from '../core/password.ts';

/** What came of a name and a password. `busy`: too many wrong ones lately, or too many at once; nothing was checked. */
export type SignIn = { readonly result: 'ok'; readonly account: Account } | { readonly result: 'wrong' | 'busy' };

/** Checks names and passwords. */
export interface Authenticator {
  /** `source` is where it comes from, as an address. */
  readonly signIn: (name: string, password: string, source: string) => Promise<SignIn>;
  readonly find: (name: string) => Account | undefined;
  readonly accounts: () => readonly Account[];
  /** Takes the place of all accounts at once. */
  readonly replace: (accounts: readonly Account[]) => void;
}

/** Wrong passwords that one source may send for one account before it has to wait, and how soon one more is allowed. */
const WRONG_BURST = 8;
const WRONG_EVERY_MS = 7_500;
/** Checks that run or wait; each takes tens of milliseconds of a core. */
const MOST_CHECKS = 64;
const AT_ONCE = 2;
const MOST_REMEMBERED = 10_000;
const LONGEST_PASSWORD = 200;

/**
 * Creates an {@link Authenticator}. A password found right is remembered by a keyed digest, so that asking again costs
 * nothing and other people's wrong guesses from the same address never lock it out.
 */
export function createAuthenticator(nowMs: () => number = () => performance.now()): Authenticator {
  const key = randomBytes(32);
  const right = new Map<string, string>();
  const wrong = new Map<string, { count: number; atMs: number }>();
  const waiting: (() => void)[] = [];
  let accounts = new Map<string, Account>();
  let running = 0;

  const digestOf = (account: Account, password: string): string =>
    createHmac('sha256', key).update(`${account.account}\0${account.passwordHash}\0${password}`).digest('base64');

  /** How many wrong passwords still count, as they fade with time. */
  const wrongs = (id: string): number => {
    const known = wrong.get(id);
    return known === undefined ? 0 : Math.max(0, known.count - (nowMs() - known.atMs) / WRONG_EVERY_MS);
  };

  const countWrong = (id: string): void => {
    const count = wrongs(id) + 1;
    wrong.delete(id);
    wrong.set(id, { count, atMs: nowMs() });
    for (const oldest of wrong.keys()) {
      if (wrong.size <= MOST_REMEMBERED) break;
      wrong.delete(oldest);
    }
  };

  async function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    find: (name) => accounts.get(name),
    accounts: () => [...accounts.values()],
    replace: (next) => {
      accounts = new Map(next.map((one) => [one.account, one]));
      for (const name of right.keys()) if (!accounts.has(name)) right.delete(name);
    },
    signIn: async (name, password, source) => {
      const account = accounts.get(name);
      if (password.length > LONGEST_PASSWORD) return { result: 'wrong' };
      // The digest holds the hash of the password, so a changed one is asked for again.
      if (account !== undefined && right.get(name) === digestOf(account, password)) return { result: 'ok', account };
      // Names that nobody has share one allowance: there is no end of them.
      const id = `${source}\0${account === undefined ? '' : name}`;
      if (wrongs(id) >= WRONG_BURST || waiting.length >= MOST_CHECKS) return { result: 'busy' };
      countWrong(id);
      if (account === undefined) return { result: 'wrong' };
      if (!(await inTurn(() => verifyPassword(password, account.passwordHash)))) return { result: 'wrong' };
      wrong.delete(id);
      right.set(name, digestOf(account, password));
      return { result: 'ok', account };
    },
  };
}
