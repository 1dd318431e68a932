import type { Address } from 'viem';
import type { Manifest } from '../../lib/core/manifest.ts';
import { sumAtomic } from '../../lib/core/money.ts';
import { dailyTopUp, isCommunity } from '../../lib/flows/treasury/allowance.ts';

/** One agent and what it holds now. */
export interface Funded {
  readonly manifest: Manifest;
  readonly address: Address;
  readonly wei: bigint;
  readonly usdcAtomic: bigint;
  /** Whether the treasury has given it its money of today (a community agent) or its start (a system agent). */
  readonly wasGiven: boolean;
}

/** What is to be sent to one agent now, and what the treasury will give it in the days of the plan. */
export interface FundingItem {
  readonly name: string;
  readonly address: Address;
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
  /** Days of chat that a system agent buys at first: only their seller knows, so it is a guess. */
  readonly backlogDays: number;
}

/**
 * Says who gets what. System agents send transactions and get ETH when they fall below the threshold; community agents
 * only sign. Community agents get their day's USDC; a system agent's start follows from what is on offer, so the
 * running treasury gives it, and here it only counts as a need. Pure.
 */
export function planFunding(agents: readonly Funded[], wishes: FundingWishes): readonly FundingItem[] {
  return agents.map((agent) => {
    const { manifest, address, wei, usdcAtomic, wasGiven } = agent;
    const isSystem = !isCommunity(manifest);
    return {
      name: manifest.metadata.name,
      address,
      isSystem,
      wei,
      usdcAtomic,
      sendWei: isSystem && wei < wishes.keepAtLeast ? wishes.topUpTo - wei : 0n,
      sendAtomic: isSystem || wasGiven ? 0n : dailyTopUp(manifest, usdcAtomic),
      needAtomic: needOf(agent, isSystem, wishes),
    };
  });
}

function needOf({ manifest, usdcAtomic, wasGiven }: Funded, isSystem: boolean, wishes: FundingWishes): bigint {
  const { daily, reserve } = manifest.spec.budget;
  if (!isSystem) {
    const most = daily * BigInt(wishes.days) - usdcAtomic;
    return most > 0n ? most : 0n;
  }
  if (wasGiven) return 0n;
  const inputs = manifest.spec.buys.map(
    (want) => want.maxPrice * BigInt(want.unit === 'day' ? wishes.backlogDays : want.perDay),
  );
  return reserve + sumAtomic(inputs);
}
