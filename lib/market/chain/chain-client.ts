import { createPublicClient, defineChain, type PublicClient } from 'viem';
import { formatChainId } from '../../core/chains.ts';
import { SwarmError, withoutUrls } from '../../core/errors.ts';
import { cleanText } from '../../core/text.ts';
import { causesOf } from './node-refusal.ts';
import { rpcTransport } from './rpc-transport.ts';

/** A connection to a chain, shared by everything on a host. */
export type ChainClient = PublicClient;

/** Creates a client that batches concurrent calls in one JSON-RPC request. Nothing is sent until it is used. */
export function createChainClient(rpcUrl: string, chainId: number): ChainClient {
  const chain = defineChain({
    id: chainId,
    name: formatChainId(chainId),
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  return createPublicClient({ chain, transport: rpcTransport(rpcUrl), cacheTime: 0 });
}

/**
 * Runs a chain read and wraps its error, without the RPC's URL, which may contain a key.
 * @throws SwarmError `market/chain-unreachable`
 */
export async function readingChain<Value>(what: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SwarmError) throw error;
    throw new SwarmError({
      code: 'market/chain-unreachable',
      disposition: 'wait',
      message: `Could not read ${what} from the chain: ${shortMessage(error)}${nodeWords(error)}`,
      next: 'The next beat tries again. If it lasts, check that the chain node runs.',
    });
  }
}

/** The node's own error message after a colon; empty if it didn't answer. */
function nodeWords(error: unknown): string {
  const answer = causesOf(error).find(({ name }) => name === 'RpcRequestError');
  if (answer === undefined || !('details' in answer) || typeof answer.details !== 'string') return '';
  return `: ${cleanText(withoutUrls(answer.details), 200)}`;
}

/** The first line of a viem error, without the request, which may contain signatures, and without URLs. */
export function shortMessage(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const text = 'shortMessage' in error && typeof error.shortMessage === 'string' ? error.shortMessage : error.message;
  return cleanText(withoutUrls(text.split('\n', 1)[0] ?? ''), 200);
}
