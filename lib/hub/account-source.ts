import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { formatError, SwarmError } from '../core/errors.ts';
import { type Account, parseAccounts } from '../core/hub-accounts.ts';
import type { HubAws } from './hub-aws.ts';
import type { HubConfig } from './hub-config.ts';

const POLL_MS = 60_000;
const FIRST_POLL_MS = 2_000;

/** Where the hub's accounts are read from. */
export interface AccountSource {
  /** Resolves to the accounts. Waits while there are none, and logs so once a minute. */
  readonly first: (signal: AbortSignal) => Promise<readonly Account[]>;
  /** Reads the accounts each minute and calls back when they changed. If they can't be read, they stay unchanged. Returns its stop function. */
  readonly watch: (onChange: (accounts: readonly Account[]) => void) => () => void;
  /** Reads them again at once. */
  readonly reread: () => Promise<void>;
}

/** Creates an {@link AccountSource} for a file or a secret in Secrets Manager. */
export function createAccountSource(
  { accounts: from }: HubConfig,
  aws: HubAws,
  log: (line: string) => void,
): AccountSource {
  let known: string | undefined;
  let listener: ((accounts: readonly Account[]) => void) | undefined;

  async function read(): Promise<string | undefined> {
    if ('secret' in from) return aws.readSecret(from.secret);
    return readFile(from.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  }

  async function reread(): Promise<void> {
    try {
      const text = await read();
      if (text === undefined || text === known) return;
      const accounts = parseAccounts(text);
      known = text;
      log(`${accounts.length} accounts`);
      listener?.(accounts);
    } catch (error) {
      log(`The accounts stay as they are: ${formatError(error)}`);
    }
  }

  return {
    reread,
    first: async (signal) => {
      let loggedMs = Number.NEGATIVE_INFINITY;
      for (;;) {
        let why = 'it is empty or absent';
        try {
          const text = await read();
          if (text !== undefined && text.trim() !== '') {
            known = text;
            return parseAccounts(text);
          }
        } catch (error) {
          if (error instanceof SwarmError && error.disposition === 'stop' && !isTemporary(error)) throw error;
          why = formatError(error);
        }
        if (performance.now() - loggedMs >= POLL_MS) {
          loggedMs = performance.now();
          log(`Waiting for the hub's secret: ${why}`);
        }
        await delay(FIRST_POLL_MS, undefined, { signal });
      }
    },
    watch: (onChange) => {
      listener = onChange;
      const timer = setInterval(() => void reread(), POLL_MS);
      return () => {
        listener = undefined;
        clearInterval(timer);
      };
    },
  };
}

/** Whether an error may end by waiting: rights and credentials may come later while a fleet is built; a malformed secret stays malformed. */
function isTemporary({ code }: SwarmError): boolean {
  return code === 'aws/access-denied' || code === 'aws/no-credentials' || code === 'aws/kms-refused';
}
