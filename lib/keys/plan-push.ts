import type { SecretStore } from '../aws/secret-store.ts';
import { STEWARD } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';
import type { FleetSecrets } from '../fleet/fleet-secrets.ts';
import { checkNames } from './check-names.ts';
import { deriveKeys } from './derived-keys.ts';
import { hubAccounts } from './hub-accounts.ts';
import { hubAgents } from './hub-agents.ts';
import { type Mnemonic, requirePrivate } from './mnemonic.ts';
import { planHubSecret } from './plan-hub-secret.ts';
import { planWalletSecrets } from './plan-wallet-secrets.ts';
import type { PushStep } from './push-step.ts';
import { deriveTreasury, deriveWallets, requireStated, stewardWallet } from './wallets.ts';

/** The inputs of a push of a fleet's secrets. */
export interface PushPlan {
  readonly fleet: Pick<FleetSecrets, 'prefix' | 'people' | 'steward'>;
  readonly manifests: readonly Manifest[];
  /** Names of agents that sell chat logs: their secrets hold the key of the pseudonyms. */
  readonly logSellers: ReadonlySet<string>;
  /** Names of agents, or the steward's, whose secrets may be overwritten. */
  readonly rotate: ReadonlySet<string>;
  /** Whether rotated secrets get a new delivery seed too. */
  readonly freshSeed: boolean;
  /** Seconds since 1970: the generation of new values. */
  readonly now: number;
}

/**
 * Checks the names of units whose secrets may be overwritten.
 * @throws SwarmError `swarm/bad-option` for a name that is neither an agent's nor, where there is one, the steward's.
 */
export function checkRotated(names: readonly string[], { fleet, manifests }: Pick<PushPlan, 'fleet' | 'manifests'>) {
  const agents = manifests.map(({ metadata }) => metadata.name);
  return checkNames('--rotate', names, fleet.steward ? [...agents, STEWARD] : agents);
}

/**
 * Plans what a push does to every secret of a fleet: the hub's, one per agent, and the steward's where there is one. Needs no
 * permission to read values, and changes nothing.
 * @throws SwarmError `keys/public-mnemonic`, `keys/address-mismatch`, `keys/no-address`, `keys/nick-taken`, and what planning
 * a secret throws.
 */
export async function planPush(store: SecretStore, mnemonic: Mnemonic, plan: PushPlan): Promise<readonly PushStep[]> {
  const { fleet, manifests, now } = plan;
  requirePrivate(mnemonic);
  const agents = deriveWallets(mnemonic, manifests);
  requireStated(agents);
  const keys = deriveKeys(mnemonic, fleet.prefix);
  const wallets = fleet.steward ? [...agents, stewardWallet(mnemonic)] : agents;
  const planned = await planWalletSecrets(store, wallets, {
    prefix: fleet.prefix,
    keys,
    rotate: plan.rotate,
    freshSeed: plan.freshSeed,
    logSellers: plan.logSellers,
    treasury: deriveTreasury(mnemonic).address,
    now,
  });
  const stewardGeneration = planned[manifests.length]?.hubGeneration;
  const accounts = hubAccounts(hubAgents(manifests, planned), fleet.people, keys, stewardGeneration);
  // The hub's secret comes first, so that the hub accepts a new password before an agent uses it.
  return [await planHubSecret(store, fleet.prefix, accounts, now), ...planned.map(({ step }) => step)];
}
