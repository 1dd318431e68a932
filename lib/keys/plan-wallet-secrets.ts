import type { Address } from 'viem';
import type { SecretState, SecretStore } from '../aws/secret-store.ts';
import { formatLabel, parseLabel, type SecretLabel } from '../aws/version-label.ts';
import { SwarmError } from '../core/errors.ts';
import { OPS, STEWARD, TREASURY } from '../core/ids.ts';
import { parseAgentSecret } from './agent-secret.ts';
import type { DerivedKeys } from './derived-keys.ts';
import { type PushStep, secretDeleting } from './push-step.ts';
import { isSame, type Wallet } from './wallets.ts';

/** A step of an agent or the steward, and the generation of its hub password when the step is done. */
export interface WalletStep {
  readonly step: PushStep;
  readonly hubGeneration: number;
}

/** The inputs that all secrets of wallets share. */
export interface WalletSecretOptions {
  readonly prefix: string;
  readonly keys: DerivedKeys;
  /** Names of agents, or the steward's, whose secrets may be overwritten. */
  readonly rotate: ReadonlySet<string>;
  /** Whether rotated secrets get a new delivery seed too. */
  readonly freshSeed: boolean;
  /** Names of agents that sell chat logs. */
  readonly logSellers: ReadonlySet<string>;
  /** The treasury's address, to which agents return a surplus. */
  readonly treasury: Address;
  /** Seconds since 1970: the generation of new values. */
  readonly now: number;
}

/**
 * Plans what a push does to the secret of every wallet's unit. Needs no permission to read values, and changes nothing.
 * @throws SwarmError `keys/secret-deleting`, `keys/other-wallet` (a secret holds another or an unknown wallet and is
 * not to be rotated), and what the store throws.
 */
export async function planWalletSecrets(
  store: SecretStore,
  wallets: readonly Wallet[],
  options: WalletSecretOptions,
): Promise<readonly WalletStep[]> {
  const steps: WalletStep[] = [];
  const others: string[] = [];
  for (const wallet of wallets) {
    const secret = `${options.prefix}${wallet.name}`;
    const state = await store.state(secret);
    if (state.type === 'filled' && !options.rotate.has(wallet.name)) {
      const held = parseLabel(state.versionId)?.address;
      if (held === undefined) others.push(`  ${secret} was not written by this program`);
      else if (!isSame(held, wallet.address)) others.push(`  ${secret} is of wallet ${held}, not ${wallet.address}`);
    }
    steps.push(await planWalletSecret(store, wallet, secret, state, options));
  }
  if (others.length === 0) return steps;
  throw new SwarmError({
    code: 'keys/other-wallet',
    disposition: 'stop',
    message: `${others.length} of ${wallets.length} secrets hold other wallets:\n${others.join('\n')}\n`,
    next: 'Check --prefix and --region. To replace them, name the agents with --rotate. Nothing was changed.',
  });
}

async function planWalletSecret(
  store: SecretStore,
  wallet: Wallet,
  secret: string,
  state: SecretState,
  options: WalletSecretOptions,
): Promise<WalletStep> {
  const base = { unit: wallet.name, wallet, secret, description: `Keys and hub credential of ${wallet.name}` };
  const freshSeed = options.freshSeed && wallet.name !== STEWARD;
  const first: SecretLabel = { address: wallet.address, hubGeneration: options.now, seedGeneration: 0 };
  const write = (action: 'create' | 'fill' | 'rotate', why: string, label: SecretLabel, kept = {}): WalletStep => {
    const version = {
      text: JSON.stringify({ ...kept, ...secretOf(wallet, label, options) }),
      versionId: formatLabel(label),
    };
    return { step: { ...base, action, why, version }, hubGeneration: label.hubGeneration };
  };
  switch (state.type) {
    case 'absent':
      return write('create', 'it is not there', first);
    case 'empty':
      return write('fill', 'it has no value yet', first);
    case 'deleting':
      throw secretDeleting(secret);
    case 'filled': {
      const held = parseLabel(state.versionId);
      if (!options.rotate.has(wallet.name)) {
        const step: PushStep = { ...base, action: 'keep', why: 'it has a value; --rotate would replace it' };
        return { step, hubGeneration: held?.hubGeneration ?? 0 };
      }
      const isOwn = held !== undefined && isSame(held.address, wallet.address);
      const seedGeneration = freshSeed ? options.now : isOwn ? held.seedGeneration : 0;
      const label = { ...first, seedGeneration };
      const kept = await readAdded(store, secret);
      const what = [
        ...(isOwn ? [] : ['new wallet key']),
        'new hub password',
        ...(wallet.name === STEWARD || (isOwn && !freshSeed) ? [] : ['new delivery seed']),
        ...(kept === undefined ? ['fields that others added are dropped, because its value may not be read'] : []),
      ];
      return write('rotate', what.join(', '), label, kept);
    }
  }
}

function secretOf(wallet: Wallet, label: SecretLabel, { keys, logSellers, treasury }: WalletSecretOptions) {
  const { name } = wallet;
  const credential = (account: string) => ({ account, password: keys.hubPassword(account, label.hubGeneration) });
  const common = { apiVersion: 'karmakadabra/v1', privateKey: wallet.privateKey() };
  if (name === STEWARD) {
    return { ...common, kind: 'StewardSecret', treasury: credential(TREASURY), ops: credential(OPS) };
  }
  return {
    ...common,
    kind: 'AgentSecret',
    name,
    deliverySeed: keys.deliverySeed(name, label.seedGeneration),
    hub: credential(name),
    treasury: treasury.toLowerCase(),
    ...(logSellers.has(name) ? { pseudonymKey: keys.pseudonymKey() } : {}),
  };
}

/** Reads the fields that others added to a value; undefined where it may not be read, as in a fleet. */
async function readAdded(store: SecretStore, secret: string): Promise<Record<string, unknown> | undefined> {
  try {
    return { ...parseAgentSecret((await store.read(secret)) ?? '') };
  } catch (error) {
    if (error instanceof SwarmError && error.code === 'aws/access-denied') return undefined;
    throw error;
  }
}
