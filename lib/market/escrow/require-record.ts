import { SwarmError } from '../../core/errors.ts';
import type { ChainConfig } from '../chain/chain-config.ts';
import { type Deployment, readDeployment } from './deployment.ts';

/**
 * Reads the record of a chain's deployment, which must exist and match the chain and its token.
 * @throws SwarmError `contracts/not-deployed`, `contracts/wrong-record`, `contracts/bad-record`.
 */
export async function requireRecord(config: ChainConfig, file: string): Promise<Deployment> {
  const record = await readDeployment(file);
  if (record === undefined) {
    throw new SwarmError({
      code: 'contracts/not-deployed',
      disposition: 'stop',
      message: `There is no deployment of ${config.name} in ${file}`,
      next: 'Run swarm-ops contracts deploy, or name its record with --deployment.',
    });
  }
  if (record.chainId === config.chainId && record.token === config.token.address) return record;
  throw new SwarmError({
    code: 'contracts/wrong-record',
    disposition: 'stop',
    message: `${file} is of chain ${record.chainId} and token ${record.token}, not of ${config.name} (${config.chainId}, ${config.token.address})`,
    next: 'Check --chain and --deployment.',
  });
}
