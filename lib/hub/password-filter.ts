import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { formatError } from '../core/errors.ts';
import { type Account, MAX_ACCOUNTS } from '../core/hub-accounts.ts';
import { hubAccount } from '../core/ids.ts';
import { writeDurably } from '../files/durable.ts';
import { readOwnJson } from '../files/own-json.ts';
import { PRIVATE } from '../files/private-file.ts';
import { createCoalescedWriter } from './coalesced-writer.ts';

/**
 * Tells, after a restart too, whether a password may be the right one of an account without checking it: 16 bits of a keyed digest
 * of each account's last right password. They are too few to find a password by, and let one guess in 65,536 pass.
 */
export interface PasswordFilter {
  readonly mayBeRight: (account: Account, password: string) => boolean;
  /** Called with the right password of an account. */
  readonly learn: (account: Account, password: string) => void;
  readonly close: () => Promise<void>;
}

const WRITE_EVERY_MS = 500;
const KEY_BYTES = 32;
const filterFile = z.object({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('HubPasswordFilter'),
  key: z.base64().length(44),
  accounts: z.record(hubAccount, z.int().min(0).max(0xffff)),
});

/** Opens the filter in a file that only the hub's user reads. A damaged one is logged and begun again: each password is then checked once. */
export async function openPasswordFilter(file: string, log: (line: string) => void): Promise<PasswordFilter> {
  const unreadable = { code: 'hub/bad-password-filter', next: 'It is written again.' } as const;
  const known = await readOwnJson(file, filterFile, unreadable).catch((error: unknown) => {
    log(`Passwords are checked anew: ${formatError(error)}`);
    return undefined;
  });
  const key = known === undefined ? randomBytes(KEY_BYTES) : Buffer.from(known.key, 'base64');
  const digests = new Map(Object.entries(known?.accounts ?? {}));
  const digestOf = ({ account, passwordHash }: Account, password: string) =>
    createHmac('sha256', key).update(`${account}\0${passwordHash}\0${password}`).digest().readUInt16BE();

  const writer = createCoalescedWriter(
    async () => {
      const accounts = Object.fromEntries(digests);
      const content = {
        apiVersion: 'karmakadabra/v1',
        kind: 'HubPasswordFilter',
        key: key.toString('base64'),
        accounts,
      };
      await writeDurably(file, `${JSON.stringify(content)}\n`, { mode: PRIVATE });
    },
    WRITE_EVERY_MS,
    (error) => log(`The filter of passwords can't be written: ${formatError(error)}`),
  );

  return {
    close: writer.close,
    mayBeRight: (account, password) => digests.get(account.account) === digestOf(account, password),
    learn: (account, password) => {
      const digest = digestOf(account, password);
      if (digests.get(account.account) === digest) return;
      digests.delete(account.account);
      digests.set(account.account, digest);
      // Accounts that are gone are forgotten when there are more than an account list holds.
      for (const name of digests.keys()) if (digests.size > MAX_ACCOUNTS) digests.delete(name);
      writer.changed();
    },
  };
}
