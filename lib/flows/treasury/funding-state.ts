import type { Address } from 'viem';
import { type ChainClient, readingChain } from '../../market/chain/chain-client.ts';
import { readTokenBalance } from '../../market/token/token.ts';
import type { FundedAgent } from './funded-agents.ts';
import type { AgentBalance } from './funding-plan.ts';
import { readWasGiven } from './was-given.ts';

/** The length of a budget day on a public chain. */
const DAY_SECONDS = 86_400;

/** The balances of all wallets, read before planning. */
export interface FundingState {
  readonly agents: readonly AgentBalance[];
  readonly treasury: { readonly address: Address; readonly wei: bigint; readonly usdcAtomic: bigint };
  /** The number of the budget day, by the chain's clock. */
  readonly day: number;
  /** The maximum price of a unit of gas. */
  readonly feePerGasWei: bigint;
}

/** Reads the number of the budget day, by the chain's clock. */
export async function readDay(client: ChainClient): Promise<number> {
  const block = await readingChain('the newest block', () => client.getBlock());
  return Math.floor(Number(block.timestamp) / DAY_SECONDS);
}

/** Reads the balances of agents and treasury, and whether the treasury has given each agent its money already. */
export async function readFundingState(
  client: ChainClient,
  token: Address,
  treasury: Address,
  agents: readonly FundedAgent[],
): Promise<FundingState> {
  const day = await readDay(client);
  const weiOf = (address: Address) => readingChain('a balance', () => client.getBalance({ address }));
  const balances = agents.map(async ({ manifest, address }): Promise<AgentBalance> => {
    const [wei, usdcAtomic, wasGiven] = await Promise.all([
      weiOf(address),
      readTokenBalance(client, token, address),
      readWasGiven(client, token, treasury, manifest, day),
    ]);
    return { manifest, address, wei, usdcAtomic, wasGiven };
  });
  const [wei, usdcAtomic, { maxFeePerGas: feePerGasWei }] = await Promise.all([
    weiOf(treasury),
    readTokenBalance(client, token, treasury),
    readingChain('the price of gas', () => client.estimateFeesPerGas()),
  ]);
  return {
    agents: await Promise.all(balances),
    treasury: { address: treasury, wei, usdcAtomic },
    day,
    feePerGasWei,
  };
}
