import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Account } from '../core/hub-accounts.ts';
import { verifyPassword } from '../core/password.ts';
import { createTokenBucket, type TokenBucket } from '../core/token-bucket.ts';

/** The result of a sign-in. `busy`: too many wrong passwords recently, or too many concurrent checks; the password was not checked. */
export type SignIn = { readonly result: 'ok'; readonly account: Account } | { readonly result: 'wrong' | 'busy' };

/** Checks names and passwords. */
export interface Authenticator {
  /** Checks a name and a password that came from an IP address. */
  readonly signIn: (name: string, password: string, address: string) => Promise<SignIn>;
  readonly find: (name: string) => Account | undefined;
  readonly accounts: () => readonly Account[];
  /** Replaces all accounts. */
  readonly replace: (accounts: readonly Account[]) => void;
}

/** How many wrong passwords one address may send for one account before it must wait, and the interval of further attempts. */
const [WRONG_BURST, WRONG_EVERY_MS] = [8, 7_500];
/** The maximum number of pairs of address and account whose wrong passwords are counted; the least recently used are dropped. */
const MAX_COUNTED = 10_000;
/** Each check takes tens of milliseconds of a core. */
const [MAX_RUNNING_CHECKS, MAX_WAITING_CHECKS] = [2, 64];
const MAX_PASSWORD_LENGTH = 200;

/**
 * Creates an {@link Authenticator}. A correct password is cached as a keyed digest: checking it again is cheap, and wrong
 * passwords of others from the same address never lock it out.
 */
export function createAuthenticator(nowMs: () => number = () => performance.now()): Authenticator {
  const key = randomBytes(32);
  const correct = new Map<string, string>();
  const guesses = new LRUCache<string, TokenBucket>({ max: MAX_COUNTED });
  const checks = pLimit(MAX_RUNNING_CHECKS);
  let accounts = new Map<string, Account>();

  const digestOf = (account: Account, password: string): string =>
    createHmac('sha256', key).update(`${account.account}\0${account.passwordHash}\0${password}`).digest('base64');

  return {
    find: (name) => accounts.get(name),
    accounts: () => [...accounts.values()],
    replace: (next) => {
      accounts = new Map(next.map((one) => [one.account, one]));
      for (const name of correct.keys()) if (!accounts.has(name)) correct.delete(name);
    },
    signIn: async (name, password, address) => {
      const account = accounts.get(name);
      if (password.length > MAX_PASSWORD_LENGTH) return { result: 'wrong' };
      // The digest covers the hash of the password, so a changed one is checked again.
      if (account !== undefined && correct.get(name) === digestOf(account, password)) return { result: 'ok', account };
      // Unknown names share one bucket, since there can be any number of them.
      const id = `${address}\0${account === undefined ? '' : name}`;
      const allowed = guesses.get(id) ?? createTokenBucket(WRONG_BURST, WRONG_EVERY_MS);
      if (allowed.waitMs(nowMs()) > 0 || checks.pendingCount >= MAX_WAITING_CHECKS) return { result: 'busy' };
      // Counted before the check, so that concurrent attempts count too.
      allowed.take(nowMs());
      guesses.set(id, allowed);
      if (account === undefined) return { result: 'wrong' };
      const isCorrect = await checks(() => verifyPassword(password, account.passwordHash));
      if (!isCorrect) return { result: 'wrong' };
      guesses.delete(id);
      correct.set(name, digestOf(account, password));
      return { result: 'ok', account };
    },
  };
}
