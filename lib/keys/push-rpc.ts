import type { SecretStore } from '../aws/secret-store.ts';
import { formatRpcLabel, isSameRpc } from '../aws/version-label.ts';
import { SwarmError } from '../core/errors.ts';
import type { FleetConfig } from '../fleet/fleet-config.ts';
import { namesOf } from '../fleet/fleet-names.ts';
import { rpcAddress } from './rpc-address.ts';

/** Reads from an RPC which chain it serves; `wanted` is the expected one. Undefined when it does not answer. */
export type ReadChainId = (address: string, wanted: number) => Promise<number | undefined>;

/** The result of a push: the name of the secret, and whether it was written. */
export interface PushedRpc {
  readonly secret: string;
  readonly isWritten: boolean;
}

/**
 * Checks that a fleet reads the address of its RPC from a secret.
 * @throws SwarmError `keys/bad-rpc`
 */
export function requireKeyedRpc({ chain }: FleetConfig): void {
  if (chain.keyedRpc) return;
  throw refused(
    'keys/bad-rpc',
    'The fleet uses the RPC of chain.rpcUrl, not one from a secret',
    'Set chain.keyedRpc: true, then npx cdktf deploy.',
  );
}

/**
 * Writes the address of an RPC into the fleet's secret for it, after a check that it serves the fleet's chain.
 * @param now seconds since 1970.
 * @throws SwarmError `keys/bad-rpc`, `keys/no-rpc` where there is no such secret, and what the store throws. No error contains
 * the address.
 */
export async function pushRpc(
  store: SecretStore,
  config: FleetConfig,
  address: string,
  readChainId: ReadChainId,
  now: number,
): Promise<PushedRpc> {
  const parsed = rpcAddress.safeParse(address);
  if (!parsed.success) throw refused('keys/bad-rpc', 'This is not the https address of an RPC', 'Nothing was changed.');
  const wanted = Number(config.chain.id.replace('eip155:', ''));
  const found = await readChainId(parsed.data, wanted);
  if (found !== wanted) {
    const what = found === undefined ? 'The RPC does not answer' : `The RPC serves chain ${found}, not ${wanted}`;
    throw refused('keys/bad-rpc', what, 'Check the address and its key. Nothing was changed.');
  }
  const secret = namesOf(config).rpcSecret;
  const state = await store.state(secret);
  if (state.type !== 'empty' && state.type !== 'filled') {
    throw refused(
      'keys/no-rpc',
      `The secret ${secret} does not exist`,
      'Set chain.keyedRpc: true; npx cdktf deploy then creates it.',
    );
  }
  const versionId = formatRpcLabel(parsed.data, now);
  if (state.type === 'filled' && isSameRpc(state.versionId, versionId)) return { secret, isWritten: false };
  await store.put(secret, { text: parsed.data, versionId });
  return { secret, isWritten: true };
}

function refused(code: `${string}/${string}`, message: string, next: string): SwarmError {
  return new SwarmError({ code, disposition: 'stop', message, next });
}
