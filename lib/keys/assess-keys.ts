import type { Address } from 'viem';
import type { SecretStore } from '../aws/secret-store.ts';
import { STEWARD } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import { HUB } from '../fleet/fleet-names.ts';
import type { FleetSecrets } from '../fleet/fleet-secrets.ts';
import { assessHub } from './assess-hub.ts';
import { assessSecret, type SecretFinding } from './assess-secret.ts';
import { deriveKeys } from './derived-keys.ts';
import type { Mnemonic } from './mnemonic.ts';
import { deriveWallets, type Statement, statementOf, stewardWallet, type Wallet } from './wallets.ts';

/** The findings about the secret of one unit. */
export interface AssessedKey {
  readonly name: string;
  /** Undefined for the hub, which has no wallet. */
  readonly index: number | undefined;
  readonly address: Address | undefined;
  /** How the manifest compares with the mnemonic; `not-compared` without a mnemonic or a manifest. */
  readonly manifest: Statement | 'not-compared';
  readonly secret: string;
  readonly found: SecretFinding;
}

/**
 * Compares the mnemonic with the manifests, the manifests with the agents' secrets, and those with the hub's accounts. The
 * result contains no secret.
 * @param mnemonic undefined to leave it out.
 */
export async function assessKeys(
  store: SecretStore,
  manifests: readonly Manifest[],
  fleet: Pick<FleetSecrets, 'prefix' | 'people' | 'steward'>,
  mnemonic: Mnemonic | undefined,
): Promise<readonly AssessedKey[]> {
  const { prefix, steward } = fleet;
  const wallets = mnemonic === undefined ? undefined : deriveWallets(mnemonic, manifests);
  const assessed: AssessedKey[] = [];
  for (const [place, manifest] of manifests.entries()) {
    assessed.push(await assessAgent(store, prefix, manifest, wallets?.[place]));
  }
  if (steward) {
    const wallet = mnemonic === undefined ? undefined : stewardWallet(mnemonic);
    assessed.push(await assessSteward(store, `${prefix}${STEWARD}`, wallet));
  }
  const keys = mnemonic === undefined ? undefined : deriveKeys(mnemonic, prefix);
  const found = await assessHub(store, manifests, fleet, keys);
  const hub = { name: HUB, index: undefined, address: undefined, secret: `${prefix}${HUB}`, found };
  return [...assessed, { ...hub, manifest: 'not-compared' }];
}

/** Whether a key is correct: its secret is, and the manifest states the same address where it was compared. */
export function isRight({ manifest, found }: Pick<AssessedKey, 'manifest' | 'found'>): boolean {
  return found.ok && (manifest === 'same' || manifest === 'not-compared');
}

async function assessAgent(
  store: SecretStore,
  prefix: string,
  { metadata, spec }: Manifest,
  wallet: Wallet | undefined,
): Promise<AssessedKey> {
  const secret = `${prefix}${metadata.name}`;
  const address = wallet?.address ?? spec.wallet.address;
  const found: SecretFinding =
    address === undefined
      ? { ok: false, finding: 'unknown', detail: 'the manifest states no address to compare with' }
      : await assessSecret(store, secret, address);
  const manifest = wallet === undefined ? (address === undefined ? 'absent' : 'not-compared') : statementOf(wallet);
  return { name: metadata.name, index: spec.wallet.index, address, manifest, secret, found };
}

/** Assesses the steward's secret. Without the mnemonic its wallet, the treasury, is not known, and only its presence is checked. */
async function assessSteward(store: SecretStore, secret: string, wallet: Wallet | undefined): Promise<AssessedKey> {
  const common = { name: STEWARD, index: wallet?.index, address: wallet?.address, secret };
  if (wallet !== undefined) {
    const found = await assessSecret(store, secret, wallet.address, 'StewardSecret');
    return { ...common, manifest: 'not-compared', found };
  }
  const { type } = await store.state(secret);
  const found: SecretFinding =
    type === 'filled' ? { ok: true, finding: 'labelled' } : { ok: false, finding: type, detail: 'run keys push' };
  return { ...common, manifest: 'not-compared', found };
}
