import type { SecretStore } from '../aws/secret-store.ts';
import { parseLabel } from '../aws/version-label.ts';
import { SwarmError } from '../core/errors.ts';
import { addressIn, type WalletSecret } from './agent-secret.ts';
import { isSame, type Wallet } from './wallets.ts';

/**
 * The finding about a secret. `holds`: the value was read and is this wallet's. `labelled`: the value may not be read, as it should
 * be for all but the agent, and the id of its version names this wallet.
 */
export type SecretFinding =
  | { readonly ok: true; readonly finding: 'holds' | 'labelled' }
  | {
      readonly ok: false;
      readonly finding: 'absent' | 'empty' | 'deleting' | 'other-wallet' | 'not-a-secret' | 'unknown';
      readonly detail: string;
    };

/** Checks whether a secret exists and belongs to a wallet. The result contains no part of its value. */
export async function assessSecret(
  store: SecretStore,
  secret: string,
  wanted: Wallet['address'],
  kind: WalletSecret = 'AgentSecret',
): Promise<SecretFinding> {
  const state = await store.state(secret);
  if (state.type !== 'filled') return { ok: false, finding: state.type, detail: DETAILS[state.type] };
  const text = await store.read(secret).catch((error: unknown) => {
    if (error instanceof SwarmError && error.code === 'aws/access-denied') return undefined;
    throw error;
  });
  if (text === undefined) {
    const labelled = parseLabel(state.versionId)?.address;
    if (labelled === undefined) {
      return { ok: false, finding: 'unknown', detail: 'its value may not be read, and keys push did not write it' };
    }
    if (isSame(labelled, wanted)) return { ok: true, finding: 'labelled' };
    return { ok: false, finding: 'other-wallet', detail: `it is labelled ${labelled}` };
  }
  const address = addressIn(text, kind);
  if (address === undefined) return { ok: false, finding: 'not-a-secret', detail: `its value is not an ${kind}` };
  if (isSame(address, wanted)) return { ok: true, finding: 'holds' };
  return { ok: false, finding: 'other-wallet', detail: `it holds the key of ${address}` };
}

const DETAILS = {
  absent: 'there is no such secret; run keys push',
  empty: 'it has no value yet; run keys push',
  deleting: 'it is scheduled for deletion',
} as const;
