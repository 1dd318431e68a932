import type { AwsPlace } from '../../lib/aws/aws-place.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { systemClock } from '../../lib/core/time.ts';
import { projectPath } from '../../lib/files/project.ts';
import { readFleetConfig } from '../../lib/fleet/read-config.ts';
import { pushRpc, requireKeyedRpc } from '../../lib/keys/push-rpc.ts';
import { createChainClient } from '../../lib/market/chain/chain-client.ts';
import { askHidden } from '../terminal/hidden-prompt.ts';
import { printLine } from '../terminal/print.ts';
import { readDescriptor } from '../terminal/read-descriptor.ts';
import { openSecretStore } from '../terminal/secret-store.ts';

/** The options of `keys rpc`. */
export interface RpcOptions extends AwsPlace {
  readonly config?: string;
  readonly rpcFd?: string;
}

const RPC = { option: '--rpc-fd', what: 'the address', code: 'keys/no-rpc' } as const;

/**
 * Writes the address of the RPC, with its key, into the secret that the fleet's units read, after a check that it serves their
 * chain. Prints no part of it.
 * @throws SwarmError `keys/no-rpc`, `keys/bad-rpc`, `infra/…` for the configuration, and what the secret store throws.
 */
export async function keysRpc(options: RpcOptions): Promise<number> {
  const config = readFleetConfig(options.config ?? projectPath('infra/fleet.yaml'));
  requireKeyedRpc(config);
  const address = (await readAddress(options.rpcFd)).trim();
  const store = openSecretStore({ ...options, region: options.region ?? config.region });
  const { secret, isWritten } = await pushRpc(store, config, address, readChainId, systemClock());
  printLine(
    isWritten
      ? `Wrote ${secret}. Units read it when they start: swarm-ops restart --all.`
      : 'Nothing to do: the secret holds this address already.',
  );
  return 0;
}

function readChainId(address: string, wanted: number): Promise<number | undefined> {
  return createChainClient(address, wanted)
    .getChainId()
    .catch(() => undefined);
}

async function readAddress(rpcFd: string | undefined): Promise<string> {
  if (rpcFd !== undefined) return readDescriptor(RPC, rpcFd);
  if (process.stdin.isTTY) return askHidden('Address of the RPC (not shown): ');
  throw new SwarmError({
    code: 'keys/no-rpc',
    disposition: 'stop',
    message: 'There is no terminal to ask for the address',
    next: 'Give it on standard input (your-password-manager … | swarm-ops keys rpc --rpc-fd 0).',
  });
}
