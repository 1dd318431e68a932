import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SwarmError } from '../../core/errors.ts';
import { parseAccounts } from '../../core/hub-accounts.ts';
import type { Manifest } from '../../core/manifest.ts';
import { writeDurably } from '../../files/durable.ts';
import { PRIVATE } from '../../files/private-file.ts';
import { type Secrets, TREASURY_WALLET } from '../../keys/development-secrets.ts';
import { agentSecretOf, hubAccountsOf, objectKeysOf, stewardSecretOf } from './container-secrets.ts';
import type { Credentials } from './credentials.ts';
import type { GasAccounts } from './gas-money.ts';
import type { LocalEnvironment } from './local-environment.ts';

const AGENT_WEI = 10n ** 21n;
/** The treasury's minimum balance before it deploys the contracts. */
export const TREASURY_WEI = 10n ** 22n;

/**
 * Writes each unit's secret into the volume that only it and set-up can read, and the gas accounts into the shared one.
 * @throws SwarmError `local/no-volume` for an agent that docker/compose.yaml doesn't know.
 */
export async function writeSecrets(
  { KK_SECRETS, KK_SHARED }: Pick<LocalEnvironment, 'KK_SECRETS' | 'KK_SHARED'>,
  manifests: readonly Manifest[],
  secrets: Secrets,
  credentials: Credentials,
): Promise<void> {
  const fileOf = (unit: string): string => join(KK_SECRETS, unit, 'secret.json');
  for (const { metadata } of manifests) await requireVolume(join(KK_SECRETS, metadata.name), metadata.name);
  const known = await readFile(fileOf('hub'), 'utf8').then(parseAccounts, () => []);
  const accounts = await hubAccountsOf(manifests, credentials, known);
  const values: readonly (readonly [string, unknown])[] = [
    ...manifests.map((one) => [one.metadata.name, agentSecretOf(one, secrets, credentials)] as const),
    ['steward', stewardSecretOf(secrets, credentials)],
    ['objects', { accessKeys: objectKeysOf(manifests, credentials) }],
    ['hub', { apiVersion: 'karmakadabra/v1', kind: 'HubSecret', accounts }],
  ];
  // The file of issued credentials first: a password that a unit has and the file lacks would be issued a second time.
  await credentials.save();
  for (const [unit, value] of values) {
    await writeDurably(fileOf(unit), `${JSON.stringify(value, null, 2)}\n`, { mode: PRIVATE, onlyIfChanged: true });
  }
  const gas = `${JSON.stringify(gasAccounts(manifests, secrets))}\n`;
  await writeDurably(join(KK_SHARED, 'gas.json'), gas, { mode: PRIVATE, onlyIfChanged: true });
}

/** The treasury, and all agents but the buyers, which never send transactions. */
function gasAccounts(manifests: readonly Manifest[], secrets: Secrets): GasAccounts {
  const senders = manifests.filter(({ spec }) => spec.role !== 'buyer').map(({ spec }) => spec.wallet.index);
  const accounts = senders.map((index) => ({ address: secrets.account(index).address, wei: String(AGENT_WEI) }));
  return [{ address: secrets.account(TREASURY_WALLET).address, wei: String(TREASURY_WEI) }, ...accounts].map(
    ({ address, wei }) => ({ address: address.toLowerCase() as `0x${string}`, wei }),
  );
}

async function requireVolume(folder: string, agent: string): Promise<void> {
  if (
    await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    )
  )
    return;
  throw new SwarmError({
    code: 'local/no-volume',
    disposition: 'stop',
    message: `There is no volume for the secret of ${agent}: docker/compose.yaml is older than its folder`,
    next: 'Generate it again with npm run compose, then docker compose up --build.',
  });
}
