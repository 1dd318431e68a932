import type { Address } from 'viem';
import type { Manifest } from '../../core/manifest.ts';
import { type ChainClient, readingChain } from '../../market/chain/chain-client.ts';
import { readTokenBalance } from '../../market/token/token.ts';
import type { Funded } from './funding-plan.ts';
import { readWasGiven } from './was-given.ts';

/** A day of budgets on a paid chain. */
const DAY_SECONDS = 86_400;

/** What all wallets hold, read before anything is planned. */
export interface FundingState {
  readonly agents: readonly Funded[];
  readonly treasury: { readonly address: Address; readonly wei: bigint; readonly usdcAtomic: bigint };
  /** The day of budgets, by the chain's clock. */
  readonly day: number;
}

/** Reads which day of budgets it is, by the chain's clock. */
export async function readDay(client: ChainClient): Promise<number> {
  const block = await readingChain('the newest block', () => client.getBlock());
  return Math.floor(Number(block.timestamp) / DAY_SECONDS);
}

/** Reads the balances of agents and treasury, and whether the treasury has given each its money already. */
export async function readFundingState(
  client: ChainClient,
  token: Address,
  treasury: Address,
  agents: readonly { readonly manifest: Manifest; readonly address: Address }[],
): Promise<FundingState> {
  const day = await readDay(client);
  const weiOf = (address: Address) => readingChain('a balance', () => client.getBalance({ address }));
  const funded = agents.map(async ({ manifest, address }): Promise<Funded> => {
    const [wei, usdcAtomic, wasGiven] = await Promise.all([
      weiOf(address),
      readTokenBalance(client, token, address),
      readWasGiven(client, token, treasury, manifest, day),
    ]);
    return { manifest, address, wei, usdcAtomic, wasGiven };
  });
  const [wei, usdcAtomic] = await Promise.all([weiOf(treasury), readTokenBalance(client, token, treasury)]);
  return { agents: await Promise.all(funded), treasury: { address: treasury, wei, usdcAtomic }, day };
}
