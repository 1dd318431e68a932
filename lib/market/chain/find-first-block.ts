import type { Address } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import type { ChainClient } from './chain-client.ts';

/**
 * Finds the block in which a contract was deployed, by binary search.
 * @throws SwarmError `contracts/no-history` if the node keeps too little history.
 */
export async function findFirstBlock(client: ChainClient, address: Address): Promise<number> {
  try {
    let [before, at] = [-1n, await client.getBlockNumber()];
    while (at - before > 1n) {
      const middle = (before + at) / 2n;
      const code = await client.getCode({ address, blockNumber: middle });
      if (code === undefined || code === '0x') before = middle;
      else at = middle;
    }
    return Number(at);
  } catch (cause) {
    throw new SwarmError({
      code: 'contracts/no-history',
      disposition: 'stop',
      message: `The node can't say in which block ${address} was deployed`,
      next: 'Use a node that keeps history, or give the block with --from-block (a block explorer shows it).',
      cause,
    });
  }
}
