import type { AwsPlace } from '../../lib/aws/aws-place.ts';
import { createSecretStore } from '../../lib/aws/secret-store.ts';
import { formatRpcLabel, isSameRpc } from '../../lib/aws/version-label.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { systemClock } from '../../lib/core/time.ts';
import { projectPath } from '../../lib/files/project.ts';
import { namesOf } from '../../lib/fleet/fleet-names.ts';
import { readFleetConfig } from '../../lib/fleet/read-config.ts';
import { rpcAddress } from '../../lib/keys/rpc-address.ts';
import { createChainClient } from '../../lib/market/chain/chain-client.ts';
import { createTerminalCredentials } from '../terminal/aws-credentials.ts';
import { askHidden } from '../terminal/hidden-prompt.ts';
import { printLine } from '../terminal/print.ts';
import { readDescriptor } from '../terminal/read-descriptor.ts';

/** The options of `keys rpc`. */
export interface RpcOptions extends AwsPlace {
  readonly config?: string;
  readonly rpcFd?: string;
}

const RPC = { option: '--rpc-fd', what: 'the address', code: 'keys/no-rpc' } as const;

/**
 * Puts the address of the RPC, key and all, where the fleet's units read it, after making sure that it serves their chain.
 * Shows nothing of it.
 * @throws SwarmError `keys/no-rpc`, `keys/bad-rpc`, `infra/…` for the configuration, and what the secret store throws.
 */
export async function keysRpc(options: RpcOptions): Promise<number> {
  const config = readFleetConfig(options.config ?? projectPath('infra/fleet.yaml'));
  if (!config.chain.keyedRpc) {
    throw refused(
      'keys/bad-rpc',
      'The fleet takes its RPC from chain.rpcUrl',
      'Set chain.keyedRpc: true, then npx cdktf deploy.',
    );
  }
  const parsed = rpcAddress.safeParse((await readAddress(options.rpcFd)).trim());
  if (!parsed.success) throw refused('keys/bad-rpc', 'This is not the https address of an RPC', 'Nothing was changed.');
  const wanted = Number(config.chain.id.replace('eip155:', ''));
  const found = await createChainClient(parsed.data, wanted)
    .getChainId()
    .catch(() => undefined);
  if (found !== wanted) {
    const what = found === undefined ? 'The RPC does not answer' : `The RPC serves chain ${found}, not ${wanted}`;
    throw refused('keys/bad-rpc', what, 'Check the address and its key. Nothing was changed.');
  }
  const name = namesOf(config).rpcSecret;
  const store = createSecretStore({ region: config.region, ...options, credentials: createTerminalCredentials() });
  const state = await store.state(name);
  if (state.type !== 'empty' && state.type !== 'filled') {
    throw refused(
      'keys/no-rpc',
      `The secret ${name} is not there`,
      'npx cdktf deploy makes it, with chain.keyedRpc: true.',
    );
  }
  const versionId = formatRpcLabel(parsed.data, systemClock());
  if (state.type === 'filled' && isSameRpc(state.versionId, versionId)) {
    printLine('Nothing to do: this address is there.');
    return 0;
  }
  await store.put(name, { text: parsed.data, versionId });
  printLine(`Wrote ${name}. Units read it when they start: swarm-ops restart --all.`);
  return 0;
}

async function readAddress(rpcFd: string | undefined): Promise<string> {
  if (rpcFd !== undefined) return readDescriptor(RPC, rpcFd);
  if (process.stdin.isTTY) return askHidden('Address of the RPC (not shown): ');
  throw refused(
    'keys/no-rpc',
    'There is no terminal to ask for the address',
    'Give it on standard input (your-password-manager … | swarm-ops keys rpc --rpc-fd 0).',
  );
}

function refused(code: `${string}/${string}`, message: string, next: string): SwarmError {
  return new SwarmError({ code, disposition: 'stop', message, next });
}
