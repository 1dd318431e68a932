import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gitEmail } from '../../lib/core/git-environment.ts';
import type { Account } from '../../lib/core/hub-accounts.ts';
import { hashPassword } from '../../lib/core/password.ts';
import { type Hub, startHub } from '../../lib/hub/hub.ts';
import { recoverWallet } from '../../lib/market/terms/wallet-signature.ts';
import { git, gitWith } from './git.ts';

const hashes = new Map<string, Promise<string>>();

/** Nothing of such a hub is kept at AWS. */
const NO_AWS = {
  readSecret: () => Promise.reject(new Error('nothing names a secret')),
  putParameter: () => Promise.reject(new Error('nothing names a parameter')),
};

/** The password of a test's account. */
export function passwordOf(account: string): string {
  return createHash('sha256').update(`password of ${account}`).digest('base64url');
}

/** A test's account. */
export async function anAccount(account: string, kind: Account['kind'] = 'agent', nick = account): Promise<Account> {
  const known = hashes.get(account) ?? hashPassword(passwordOf(account));
  hashes.set(account, known);
  return { account, nick, kind, passwordHash: await known };
}

/** A hub on free ports of loopback. */
export interface TestHub {
  readonly hub: Hub;
  readonly state: string;
  readonly repository: string;
  readonly caFile: string;
  readonly ca: string;
  /** The vault's address, without credentials. */
  readonly url: string;
  readonly log: readonly string[];
  /** Writes the hub's secret anew and has it read. */
  readonly setAccounts: (accounts: readonly Account[]) => Promise<void>;
}

/** Starts a hub whose state is in a folder; a second start there goes on where the first was. */
export async function startTestHub(
  folder: string,
  accounts: readonly Account[],
  ports: { readonly git?: number; readonly irc?: number } = {},
  operators: { readonly keys: string; readonly chainId: number; readonly escrow: string } | undefined = undefined,
): Promise<TestHub> {
  const state = path.join(folder, 'hub');
  const [secret, caFile] = [path.join(folder, 'hub-secret.json'), path.join(folder, 'hub-ca.pem')];
  const log: string[] = [];
  const write = (all: readonly Account[]) =>
    writeFile(secret, JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'HubSecret', accounts: all }));
  await write(accounts);
  const config = {
    host: '127.0.0.1',
    gitPort: ports.git ?? 0,
    ircPort: ports.irc ?? 0,
    state,
    accounts: { file: secret },
    caFile,
    caParameter: undefined,
    region: undefined,
    archive: undefined,
    operatorKeys: { KK_OPERATOR_KEYS: operators?.keys },
    swarm: operators,
  };
  const hub = await startHub(
    config,
    NO_AWS,
    (line) => void log.push(line),
    new AbortController().signal,
    recoverWallet,
  );
  return {
    hub,
    state,
    repository: path.join(state, 'vault.git'),
    caFile,
    ca: await readFile(caFile, 'utf8'),
    url: `https://localhost:${hub.gitPort}/vault.git`,
    log,
    setAccounts: async (all) => {
      await write(all);
      await hub.reread();
    },
  };
}

/** Somebody of the hub: the environment in which git has the account's password, or another that is given. */
export function gitIdentity(
  hub: Pick<TestHub, 'url' | 'caFile'>,
  account: string,
  password = passwordOf(account),
): Readonly<Record<string, string>> {
  const basic = Buffer.from(`${account}:${password}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'http.sslCAInfo',
    GIT_CONFIG_VALUE_0: hub.caFile,
    GIT_CONFIG_KEY_1: `http.${hub.url.replace('/vault.git', '/')}.extraHeader`,
    GIT_CONFIG_VALUE_1: password === '' ? '' : `Authorization: Basic ${basic}`,
  };
}

/** Clones the vault as an account whose commits bear its name. */
export async function cloneAs(hub: Pick<TestHub, 'url' | 'caFile'>, folder: string, account: string): Promise<string> {
  const clone = path.join(folder, account);
  await gitWith(gitIdentity(hub, account), folder, 'clone', '--quiet', hub.url, clone);
  await git(clone, 'config', 'user.name', account);
  await git(clone, 'config', 'user.email', gitEmail(account));
  return clone;
}
