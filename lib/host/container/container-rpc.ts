import { SwarmError } from '../../core/errors.ts';
import { rpcAddress } from '../../keys/rpc-address.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import { readHeldSecret } from './held-secret.ts';

/**
 * Reads the RPC's URL from the environment or, when it contains a key, from a secret that all containers may read.
 * @throws SwarmError `unit/no-rpc` (wait) while there is none, and the `aws/…` errors of `awsFailure`.
 */
export async function readRpcUrl(
  environment: Pick<ContainerEnvironment, 'KK_RPC' | 'KK_RPC_SECRET' | 'AWS_REGION'>,
): Promise<string> {
  const { KK_RPC, KK_RPC_SECRET, AWS_REGION } = environment;
  if (KK_RPC !== undefined) return KK_RPC.href;
  const name = KK_RPC_SECRET ?? '';
  const text = await readHeldSecret(name, AWS_REGION);
  const parsed = rpcAddress.safeParse(text?.trim());
  if (parsed.success) return parsed.data;
  throw new SwarmError({
    code: 'unit/no-rpc',
    disposition: 'wait',
    message: `The secret ${name} ${text === undefined ? 'is absent or has no value' : 'is not the https address of an RPC'}`,
    next: 'Fill it with swarm-ops keys rpc.',
  });
}
