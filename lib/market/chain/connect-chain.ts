import { readFile } from 'node:fs/promises';
import { createPublicClient } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { type ChainClient, createChainClient, readingChain } from './chain-client.ts';
import type { ChainConfig } from './chain-config.ts';
import { rpcTransport } from './rpc-transport.ts';

/**
 * Connects to a chain and checks its id.
 * @throws SwarmError `contracts/no-rpc`, `contracts/wrong-chain`, `market/chain-unreachable`. None contains the RPC's URL.
 */
export async function connectChain(config: ChainConfig): Promise<ChainClient> {
  const url = await rpcAddress(config);
  const found = await readingChain('the chain’s id', () =>
    createPublicClient({ transport: rpcTransport(url) }).getChainId(),
  );
  if (found === config.chainId) return createChainClient(url, config.chainId);
  throw new SwarmError({
    code: 'contracts/wrong-chain',
    disposition: 'stop',
    message: `The RPC serves chain ${found}, but ${config.name} is chain ${config.chainId}`,
    next: 'Check the RPC’s address (KK_RPC_URL, or rpc in the chain’s file) and --chain. Nothing was sent.',
  });
}

async function rpcAddress({ name, rpc }: ChainConfig): Promise<string> {
  if ('url' in rpc) return rpc.url;
  const { text, where } =
    'env' in rpc
      ? { text: process.env[rpc.env] ?? rpc.orElse, where: `the environment variable ${rpc.env}` }
      : { text: await readFile(rpc.file, 'utf8').catch(() => undefined), where: `the file ${rpc.file}` };
  const trimmed = text?.trim() ?? '';
  if (URL.canParse(trimmed) && /^https?:$/.test(new URL(trimmed).protocol)) return trimmed;
  throw new SwarmError({
    code: 'contracts/no-rpc',
    disposition: 'stop',
    message: `${where} holds no http address, so ${name} can't be reached`,
    next: 'Put the URL of an RPC there, as in https://mainnet.base.org.',
  });
}
