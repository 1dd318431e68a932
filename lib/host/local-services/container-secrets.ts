import { type Hex, toHex } from 'viem';
import type { HDAccount } from 'viem/accounts';
import type { Account } from '../../core/hub-accounts.ts';
import { OPS, TREASURY } from '../../core/ids.ts';
import { type Manifest, nickOf } from '../../core/manifest.ts';
import { hashPassword, verifyPassword } from '../../core/password.ts';
import { type Secrets, TREASURY_WALLET } from '../../keys/development-secrets.ts';
import type { AccessKey } from '../../local/s3-server/access-key.ts';
import { sellsLogs } from '../sells-logs.ts';
import type { Credentials, ObjectKey } from './credentials.ts';

/** The account of the person at this machine. */
export const PERSON = 'observer';

/** The secret of one agent when set-up makes the keys. */
export function agentSecretOf(manifest: Manifest, secrets: Secrets, credentials: Credentials): unknown {
  const { name } = manifest.metadata;
  return {
    apiVersion: 'karmakadabra/v1',
    kind: 'AgentSecret',
    name,
    privateKey: privateKeyOf(secrets.account(manifest.spec.wallet.index)),
    deliverySeed: Buffer.from(secrets.deliverySeed(name)).toString('hex'),
    hub: { account: name, password: credentials.hubPassword(name) },
    objectStore: credentials.objectKey(name),
    treasury: secrets.account(TREASURY_WALLET).address.toLowerCase(),
    ...(sellsLogs(manifest) ? { pseudonymKey: Buffer.from(secrets.pseudonymKey).toString('hex') } : {}),
  };
}

/** The secret of the steward: the treasury's key and two accounts of the hub. */
export function stewardSecretOf(secrets: Secrets, credentials: Credentials): unknown {
  return {
    apiVersion: 'karmakadabra/v1',
    kind: 'StewardSecret',
    privateKey: privateKeyOf(secrets.account(TREASURY_WALLET)),
    treasury: { account: TREASURY, password: credentials.hubPassword(TREASURY) },
    ops: { account: OPS, password: credentials.hubPassword(OPS) },
    objectStore: credentials.objectKey('steward'),
  };
}

/** The accounts of the hub. A hash that still matches its password is kept, so that the file changes only when needed. */
export async function hubAccountsOf(
  manifests: readonly Manifest[],
  credentials: Credentials,
  known: readonly Account[],
): Promise<readonly Account[]> {
  const wanted: readonly Omit<Account, 'passwordHash'>[] = [
    ...manifests.map((one) => ({ account: one.metadata.name, nick: nickOf(one), kind: 'agent' as const })),
    { account: TREASURY, nick: TREASURY, kind: 'treasury' },
    { account: OPS, nick: OPS, kind: 'ops' },
    { account: PERSON, nick: PERSON, kind: 'person' },
  ];
  const accounts: Account[] = [];
  for (const one of wanted) {
    const password = credentials.hubPassword(one.account);
    const hash = known.find(({ account }) => account === one.account)?.passwordHash;
    const fits = hash !== undefined && (await verifyPassword(password, hash));
    accounts.push({ ...one, passwordHash: fits ? hash : await hashPassword(password) });
  }
  return accounts;
}

/** The keys of the object store: each agent may use its own prefix, the steward all. */
export function objectKeysOf(manifests: readonly Manifest[], credentials: Credentials): readonly AccessKey[] {
  const keyOf = ({ accessKeyId, secretAccessKey }: ObjectKey): AccessKey => ({
    id: accessKeyId,
    secret: secretAccessKey,
  });
  return [
    ...manifests.map(({ metadata: { name } }) => ({
      ...keyOf(credentials.objectKey(name)),
      prefixes: [`agents/${name}/`],
    })),
    keyOf(credentials.objectKey('steward')),
  ];
}

function privateKeyOf(account: HDAccount): Hex {
  const bytes = account.getHdKey().privateKey;
  if (bytes === null) throw new Error(`the wallet ${account.address} has no private key`);
  return toHex(bytes);
}
