import { SwarmError } from '../../lib/core/errors.ts';
import { loadChain } from '../../lib/market/chain/chain-config.ts';
import { connectChain } from '../../lib/market/chain/connect.ts';
import { verifyEscrow } from '../../lib/market/escrow/deploy.ts';
import { readDeployment } from '../../lib/market/escrow/deployment.ts';
import { requireUsdc } from '../../lib/market/token/assess-token.ts';
import { type ChainOptions, recordFile, settingsOf } from '../terminal/chain-options.ts';
import { printJson, printLine } from '../terminal/print.ts';

/**
 * Compares the recorded escrow of a chain with this project's artifact: runtime code, token, windows. Needs no key.
 * @throws SwarmError `contracts/not-deployed`, `contracts/wrong-record`, `market/wrong-deployment`, and what connecting throws.
 */
export async function contractsVerify(options: ChainOptions): Promise<number> {
  const config = await loadChain(options.chain);
  const file = recordFile(options, config);
  const record = await readDeployment(file);
  if (record === undefined) {
    throw new SwarmError({
      code: 'contracts/not-deployed',
      disposition: 'stop',
      message: `There is no deployment of ${config.name} in ${file}`,
      next: 'Run swarm-ops contracts deploy, or name its record with --deployment.',
    });
  }
  if (record.chainId !== config.chainId || record.token !== config.token.address) {
    throw new SwarmError({
      code: 'contracts/wrong-record',
      disposition: 'stop',
      message: `${file} is of chain ${record.chainId} and token ${record.token}, not of ${config.name} (${config.chainId}, ${config.token.address})`,
      next: 'Check --chain and --deployment.',
    });
  }
  const client = await connectChain(config);
  await requireUsdc(client, config);
  await verifyEscrow(client, record.escrow, record.token, settingsOf(config));
  if (options.json) printJson('Deployment', [{ ...record, result: 'verified', file }]);
  else printLine(`The escrow ${record.escrow} on ${config.name} is this project's: code, token and windows are right.`);
  return 0;
}
