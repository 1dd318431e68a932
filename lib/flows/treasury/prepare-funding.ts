import type { Address } from 'viem';
import type { ChainClient } from '../../market/chain/chain-client.ts';
import type { ChainConfig } from '../../market/chain/chain-config.ts';
import { requireUsdc } from '../../market/token/assess-token.ts';
import type { FundedAgent } from './funded-agents.ts';
import { type FundingItem, type FundingOptions, planFunding } from './funding-plan.ts';
import { type Shortage, shortageOf } from './funding-shortage.ts';
import { type FundingState, readFundingState } from './funding-state.ts';

/** A funding plan, with its inputs and what the treasury lacks for it. */
export interface Funding {
  readonly options: FundingOptions;
  readonly state: FundingState;
  readonly items: readonly FundingItem[];
  readonly shortage: Shortage;
}

/**
 * Reads all balances and plans what each agent gets. Sends nothing.
 * @throws SwarmError `contracts/wrong-token`, `market/chain-unreachable`
 */
export async function prepareFunding(
  client: ChainClient,
  config: ChainConfig,
  parties: { readonly treasury: Address; readonly agents: readonly FundedAgent[] },
  options: FundingOptions,
): Promise<Funding> {
  await requireUsdc(client, config);
  const state = await readFundingState(client, config.token.address, parties.treasury, parties.agents);
  const items = planFunding(state.agents, options);
  return { options, state, items, shortage: shortageOf(state, items) };
}

/** The items of a plan that send something now. */
export function itemsToSend({ items }: Pick<Funding, 'items'>): readonly FundingItem[] {
  return items.filter(({ sendWei, sendAtomic }) => sendWei > 0n || sendAtomic > 0n);
}
