import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Account } from '../core/hub-accounts.ts';
import { verifyPassword } from '../core/password.ts';
import { createTokenBucket, type TokenBucket } from '../core/token-bucket.ts';
import { createCheckQueue } from './check-queue.ts';
import type { PasswordFilter } from './password-filter.ts';

/** The result of a sign-in. `busy`: too many other passwords wait for their check; this one was not checked. */
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

/** How many names that no account has one address may try before it must wait, and the interval of further attempts. */
const [UNKNOWN_BURST, UNKNOWN_EVERY_MS] = [8, 7_500];
/** How many addresses that try such names, and how many wrong passwords are remembered; the least recently used are dropped. */
const MAX_REMEMBERED = 10_000;
/** Checks of passwords that the filter knows as probably right. They wait for nobody's guesses. */
const MAX_RUNNING_KNOWN = 1;
const MAX_WAITING_KNOWN = 128;
const MAX_PASSWORD_LENGTH = 200;

/**
 * Creates an {@link Authenticator}. A right password is let in at once, whatever others send: in memory it is known by its digest,
 * after a restart by the filter, and where it was never seen its check waits its turn among the guesses. A wrong one that comes
 * again is not checked again.
 */
export function createAuthenticator(
  filter: Pick<PasswordFilter, 'mayBeRight' | 'learn'>,
  nowMs: () => number = () => performance.now(),
): Authenticator {
  const key = randomBytes(32);
  const right = new Map<string, string>();
  const wrong = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  const unknown = new LRUCache<string, TokenBucket>({ max: MAX_REMEMBERED });
  const known = pLimit(MAX_RUNNING_KNOWN);
  const guesses = createCheckQueue(nowMs);
  let accounts = new Map<string, Account>();

  const digestOf = (account: Account, password: string): string =>
    createHmac('sha256', key).update(`${account.account}\0${account.passwordHash}\0${password}`).digest('base64');

  function signInUnknown(address: string): SignIn {
    const bucket = unknown.get(address) ?? createTokenBucket(UNKNOWN_BURST, UNKNOWN_EVERY_MS);
    unknown.set(address, bucket);
    return { result: bucket.take(nowMs()) > 0 ? 'busy' : 'wrong' };
  }

  /** @returns 'right', 'wrong' or 'busy' after a check of the hash. */
  async function check(account: Account, password: string, digest: string, address: string) {
    const run = () => verifyPassword(password, account.passwordHash);
    if (!filter.mayBeRight(account, password)) {
      return guesses.check({ address, account: account.account, id: digest, run });
    }
    if (known.pendingCount >= MAX_WAITING_KNOWN) return 'busy';
    return known(async () => (right.get(account.account) === digest || (await run()) ? 'right' : 'wrong'));
  }

  return {
    find: (name) => accounts.get(name),
    accounts: () => [...accounts.values()],
    replace: (next) => {
      accounts = new Map(next.map((one) => [one.account, one]));
      for (const name of right.keys()) if (!accounts.has(name)) right.delete(name);
    },
    signIn: async (name, password, address) => {
      const account = accounts.get(name);
      if (password.length > MAX_PASSWORD_LENGTH) return { result: 'wrong' };
      if (account === undefined) return signInUnknown(address);
      // The digest covers the hash of the password, so a changed one is checked again.
      const digest = digestOf(account, password);
      if (right.get(name) === digest) return { result: 'ok', account };
      if (wrong.has(digest)) return { result: 'wrong' };
      const result = await check(account, password, digest, address);
      if (result === 'wrong') wrong.set(digest, true);
      if (result !== 'right') return { result };
      right.set(name, digest);
      filter.learn(account, password);
      return { result: 'ok', account };
    },
  };
}
