import { allowanceOf, endowmentFor, isCommunity } from './allowance.ts';
import type { FundedAgent } from './funded-agents.ts';

/** A funded agent and its current balances. */
export interface AgentBalance extends FundedAgent {
  readonly wei: bigint;
  readonly usdcAtomic: bigint;
  /** Whether the treasury has given it today's top-up (a community agent) or its birth grant (a system agent). */
  readonly wasGiven: boolean;
}

/** What to send to one agent now, and what the treasury will give it during the days of the plan. */
export interface FundingItem extends FundedAgent {
  readonly name: string;
  readonly isSystem: boolean;
  readonly wei: bigint;
  readonly usdcAtomic: bigint;
  readonly sendWei: bigint;
  readonly sendAtomic: bigint;
  /** The maximum for all days of the plan, including what is sent now. */
  readonly needAtomic: bigint;
}

/** The options of a plan. Thresholds in wei. */
export interface FundingOptions {
  readonly keepAtLeast: bigint;
  readonly topUpTo: bigint;
  readonly days: number;
  /**
   * The number of days of chat that a birth grant pays for; undefined leaves birth grants to the running treasury, which
   * knows how many days are on offer.
   */
  readonly backlogDays: number | undefined;
  /** Whether no USDC is sent. */
  readonly gasOnly: boolean;
}

/** The number of days of chat that a birth grant is estimated with if none is given. */
const GUESSED_BACKLOG_DAYS = 30;

/**
 * Plans what each agent gets. System agents send transactions and get ETH if they are below the threshold; community agents
 * only sign. Community agents get their daily USDC. A system agent's birth grant depends on what is on offer, which the
 * running treasury knows: here it only counts as a future need, unless the options give the number of days. Pure.
 */
export function planFunding(agents: readonly AgentBalance[], options: FundingOptions): readonly FundingItem[] {
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
      sendWei: isSystem && wei < options.keepAtLeast ? options.topUpTo - wei : 0n,
      sendAtomic: usdcNow(agent, isSystem, options),
      needAtomic: usdcNeeded(agent, isSystem, options),
    };
  });
}

function usdcNow({ manifest, usdcAtomic, wasGiven }: AgentBalance, isSystem: boolean, options: FundingOptions): bigint {
  const { backlogDays, gasOnly } = options;
  if (gasOnly || wasGiven || (isSystem && backlogDays === undefined)) return 0n;
  return allowanceOf(manifest, usdcAtomic, () => backlogDays) ?? 0n;
}

function usdcNeeded({ manifest, usdcAtomic, wasGiven }: AgentBalance, isSystem: boolean, options: FundingOptions) {
  if (!isSystem) {
    const most = manifest.spec.budget.daily * BigInt(options.days) - usdcAtomic;
    return most > 0n ? most : 0n;
  }
  return wasGiven ? 0n : (endowmentFor(manifest, () => options.backlogDays ?? GUESSED_BACKLOG_DAYS) ?? 0n);
}
