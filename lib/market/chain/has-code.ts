import type { Address } from 'viem';
import { type ChainClient, readingChain } from './chain-client.ts';

/**
 * Whether there is a contract at an address.
 * @throws SwarmError `market/chain-unreachable`
 */
export async function hasCode(client: ChainClient, address: Address): Promise<boolean> {
  const code = await readingChain('a contract’s code', () => client.getCode({ address }));
  return code !== undefined && code !== '0x';
}
