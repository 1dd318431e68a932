import type { z } from 'zod';
import type { SecretStore, SecretVersion } from '../aws/secret-store.ts';
import { formatHubLabel, isSameHub } from '../aws/version-label.ts';
import type { hubSecret } from '../core/hub-accounts.ts';
import { hashPassword } from '../core/password.ts';
import { HUB } from '../fleet/fleet-names.ts';
import type { HubAccount } from './hub-accounts.ts';
import { type PushStep, secretDeleting } from './push-step.ts';

/**
 * Plans what a push does to the hub's secret: it is written as a whole whenever an account or a password has changed.
 * @throws SwarmError `keys/secret-deleting`, and what the store throws.
 */
export async function planHubSecret(
  store: SecretStore,
  prefix: string,
  accounts: readonly HubAccount[],
  now: number,
): Promise<PushStep> {
  const secret = `${prefix}${HUB}`;
  const base = { unit: HUB, wallet: undefined, secret, description: 'Accounts of the hub: names and hashes' };
  const state = await store.state(secret);
  const versionId = formatHubLabel(accounts, now);
  switch (state.type) {
    case 'deleting':
      throw secretDeleting(secret);
    case 'absent':
      return { ...base, action: 'create', why: 'it is not there', version: await versionOf(accounts, versionId) };
    case 'empty':
      return { ...base, action: 'fill', why: 'it has no value yet', version: await versionOf(accounts, versionId) };
    case 'filled':
      if (isSameHub(state.versionId, versionId))
        return { ...base, action: 'keep', why: `its ${accounts.length} accounts are up to date` };
      return {
        ...base,
        action: 'rotate',
        why: 'accounts or passwords changed',
        version: await versionOf(accounts, versionId),
      };
  }
}

async function versionOf(accounts: readonly HubAccount[], versionId: string): Promise<SecretVersion> {
  const hashed: z.input<typeof hubSecret>['accounts'] = [];
  // One by one, because each hash needs 16 MiB and a core.
  for (const { password, ...account } of accounts) {
    hashed.push({ ...account, passwordHash: await hashPassword(password) });
  }
  return { text: JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'HubSecret', accounts: hashed }), versionId };
}
