import { join } from 'node:path';
import { chainOfId } from '../../core/chains.ts';
import { SwarmError } from '../../core/errors.ts';
import { writeDurably } from '../../files/durable.ts';
import { createChainClient, readingChain } from '../../market/chain/chain-client.ts';
import { findFirstBlock } from '../../market/chain/find-first-block.ts';
import { type Deployment, readDeployment } from '../../market/escrow/deployment.ts';
import { usdcDomain } from '../../market/terms/domain.ts';
import { assessTransfers } from '../../market/token/assess-transfers.ts';
import type { ContainerEnvironment } from './container-environment.ts';

type ChainEnvironment = Pick<
  ContainerEnvironment,
  'KK_DEPLOYMENT' | 'KK_CHAIN' | 'KK_ESCROW' | 'KK_TOKEN' | 'KK_STATE' | 'KK_RPC'
>;

/**
 * Finds the market's contracts and checks that the RPC serves their chain. The first block of an escrow that the environment
 * names is searched once and stored in the state folder.
 * @throws SwarmError `unit/no-deployment`, `unit/no-contract` and `market/chain-unreachable` (wait); `unit/wrong-chain`,
 * `contracts/wrong-token` and `contracts/no-history` (stop).
 */
export async function findDeployment(environment: ChainEnvironment, rpcUrl: string): Promise<Deployment> {
  const stated = await statedDeployment(environment);
  const client = createChainClient(rpcUrl, stated.chainId);
  const found = await readingChain('the chain’s id', () => client.getChainId());
  if (found !== stated.chainId) throw wrongChain(found, stated.chainId);
  const code = await readingChain('the escrow', () => client.getCode({ address: stated.escrow }));
  if (code === undefined || code === '0x') throw noContract(stated.escrow, stated.chainId);
  // At each start: a token that can be upgraded may have begun to keep a share. One that takes no payment, as while it is paused,
  // doesn't stop the container: open trades are ended all the same.
  await assessTransfers(client, usdcDomain(stated.chainId, stated.token, stated.tokenName));
  if (stated.fromBlock !== undefined) return { ...stated, fromBlock: stated.fromBlock };
  const whole = { ...stated, fromBlock: await findFirstBlock(client, stated.escrow) };
  await writeDurably(rememberedFile(environment), `${JSON.stringify(whole, null, 2)}\n`);
  return whole;
}

type StatedDeployment = Omit<Deployment, 'fromBlock'> & { readonly fromBlock?: number };

async function statedDeployment(environment: ChainEnvironment): Promise<StatedDeployment> {
  const { KK_DEPLOYMENT, KK_CHAIN, KK_ESCROW, KK_TOKEN } = environment;
  if (KK_DEPLOYMENT !== undefined) {
    const deployment = await readDeployment(KK_DEPLOYMENT);
    if (deployment === undefined) throw noDeployment(KK_DEPLOYMENT);
    return deployment;
  }
  // The environment was checked: without a file all three variables are set.
  if (KK_CHAIN === undefined || KK_ESCROW === undefined || KK_TOKEN === undefined) throw noDeployment('KK_ESCROW');
  const remembered = await readDeployment(rememberedFile(environment));
  if (remembered?.chainId === KK_CHAIN && remembered.escrow === KK_ESCROW && remembered.token === KK_TOKEN) {
    return remembered;
  }
  const tokenName = chainOfId(KK_CHAIN)?.network?.usdc.name;
  return {
    chainId: KK_CHAIN,
    escrow: KK_ESCROW,
    token: KK_TOKEN,
    ...(tokenName === undefined ? {} : { tokenName }),
  };
}

function rememberedFile({ KK_STATE }: Pick<ChainEnvironment, 'KK_STATE'>): string {
  return join(KK_STATE, 'deployment.json');
}

function noDeployment(where: string): SwarmError {
  return new SwarmError({
    code: 'unit/no-deployment',
    disposition: 'wait',
    message: `${where} does not say yet where the contracts are`,
    next: 'The set-up writes it when they are deployed; see its log.',
  });
}

function noContract(escrow: string, chainId: number): SwarmError {
  return new SwarmError({
    code: 'unit/no-contract',
    disposition: 'wait',
    message: `There is no contract at ${escrow} on chain ${chainId}`,
    next: 'Deploy it (swarm-ops contracts deploy), or correct KK_ESCROW.',
  });
}

function wrongChain(found: number, wanted: number): SwarmError {
  return new SwarmError({
    code: 'unit/wrong-chain',
    disposition: 'stop',
    message: `The RPC serves chain ${found}, and this container belongs to chain ${wanted}`,
    next: 'Correct KK_RPC (or the address in KK_RPC_SECRET: swarm-ops keys rpc), or KK_CHAIN.',
  });
}
