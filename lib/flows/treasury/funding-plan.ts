import { allowanceOf, endowmentFor, isCommunity } from './allowance.ts';
import type { FundedAgent } from './funded-agents.ts';

/** A funded agent and what it holds now. */
export interface AgentBalance extends FundedAgent {
  readonly wei: bigint;
  readonly usdcAtomic: bigint;
  /** Whether the treasury has given it its money of today (a community agent) or its start (a system agent). */
  readonly wasGiven: boolean;
}

/** What is to be sent to one agent now, and what the treasury will give it in the days of the plan. */
export interface FundingItem extends FundedAgent {
  readonly name: string;
  readonly isSystem: boolean;
  readonly wei: bigint;
  readonly usdcAtomic: bigint;
  readonly sendWei: bigint;
  readonly sendAtomic: bigint;
  /** At most; what is sent now is a part of it. */
  readonly needAtomic: bigint;
}

/** What is wanted of a plan. Thresholds in wei. */
export interface FundingWishes {
  readonly keepAtLeast: bigint;
  readonly topUpTo: bigint;
  readonly days: number;
  /**
   * Days of chat that a system agent is given the money for at its start; undefined leaves starts to the running
   * treasury, which knows how many are on offer.
   */
  readonly backlogDays: number | undefined;
  /** True where no USDC is sent. */
  readonly gasOnly: boolean;
}

/** Days of chat that a start is reckoned with where nobody said how many there are. */
const GUESSED_BACKLOG_DAYS = 30;

/**
 * Says who gets what. System agents send transactions and get ETH when they fall below the threshold; community agents
 * only sign. Community agents get their day's USDC. A system agent's start follows from what is on offer, which the
 * running treasury sees: here it only counts as a need, unless the wishes say how many days to pay for. Pure.
 */
export function planFunding(agents: readonly AgentBalance[], wishes: FundingWishes): readonly FundingItem[] {
  return agents.map((agent) => {
    const { manifest, address, wei, usdcAtomic } = agent;
    const isSystem = !isCommunity(manifest);
    return {
      name: manifest.metadata.name,
      manifest,
      address,
      isSystem,
      wei,
      usdcAtomic,
      sendWei: isSystem && wei < wishes.keepAtLeast ? wishes.topUpTo - wei : 0n,
      sendAtomic: usdcNow(agent, isSystem, wishes),
      needAtomic: usdcNeeded(agent, isSystem, wishes),
    };
  });
}

function usdcNow({ manifest, usdcAtomic, wasGiven }: AgentBalance, isSystem: boolean, wishes: FundingWishes): bigint {
  const { backlogDays, gasOnly } = wishes;
  if (gasOnly || wasGiven || (isSystem && backlogDays === undefined)) return 0n;
  return allowanceOf(manifest, usdcAtomic, () => backlogDays) ?? 0n;
}

function usdcNeeded({ manifest, usdcAtomic, wasGiven }: AgentBalance, isSystem: boolean, wishes: FundingWishes) {
  if (!isSystem) {
    const most = manifest.spec.budget.daily * BigInt(wishes.days) - usdcAtomic;
    return most > 0n ? most : 0n;
  }
  return wasGiven ? 0n : (endowmentFor(manifest, () => wishes.backlogDays ?? GUESSED_BACKLOG_DAYS) ?? 0n);
}
