import { randomBytes } from 'node:crypto';
import { toHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { hashPassword } from '../../../lib/core/password.ts';
import { loadManifests } from '../../../lib/files/load-manifests.ts';
import { HUB } from '../../../lib/fleet/fleet-names.ts';
import type { AgentSecret } from '../../../lib/keys/agent-secret.ts';
import { TEST_MNEMONIC } from '../../support/test-accounts.ts';

/** Secrets as they are in Secrets Manager, and what must be seen nowhere else. */
export interface FleetSecrets {
  readonly byUnit: ReadonlyMap<string, unknown>;
  readonly planted: readonly string[];
}

/** Makes the secrets of agents, and of the hub that knows them by the hashes of their passwords. */
export async function makeSecrets(agents: readonly string[]): Promise<FleetSecrets> {
  const manifests = await loadManifests(['agents']);
  const byUnit = new Map<string, unknown>();
  const accounts: unknown[] = [];
  const planted: string[] = [];
  for (const agent of agents) {
    const addressIndex = manifests.find(({ metadata }) => metadata.name === agent)?.spec.wallet.index ?? 0;
    const key = mnemonicToAccount(TEST_MNEMONIC, { addressIndex }).getHdKey().privateKey;
    if (key === null) throw new Error('the mnemonic gives no key');
    const privateKey = toHex(key);
    const password = randomBytes(24).toString('base64url');
    const deliverySeed = randomBytes(32).toString('hex');
    const secret: AgentSecret = {
      ...{ apiVersion: 'karmakadabra/v1', kind: 'AgentSecret', name: agent },
      ...{ privateKey, deliverySeed },
    };
    byUnit.set(agent, { ...secret, hub: { account: agent, password } });
    accounts.push({ account: agent, nick: agent, kind: 'agent', passwordHash: await hashPassword(password) });
    planted.push(privateKey.slice(2), secret.deliverySeed, password);
  }
  byUnit.set(HUB, { apiVersion: 'karmakadabra/v1', kind: 'HubSecret', accounts });
  return { byUnit, planted };
}
