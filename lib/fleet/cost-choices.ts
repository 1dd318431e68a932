import { type CostEstimate, type CostedFleet, estimateMonthlyCost, originalPlanCost, USAGE } from './cost.ts';
import type { MeasuredMemory } from './measured-memory.ts';
import { agentMemoryFit, hubMemoryFit, type MemoryFit } from './memory-fit.ts';
import type { Prices } from './prices.ts';

/** The fleet with one instance type and one placement: its cost a month, and whether the agents fit the memory. */
export interface CostChoice {
  readonly placement: CostedFleet['placement'];
  readonly instanceType: string;
  /** Whether it is the instance type that the configuration names for this placement. */
  readonly isConfigured: boolean;
  readonly estimate: CostEstimate;
  readonly memory: MemoryFit;
}

/** What the fleet could cost, compared with the plan that the project started from. */
export interface CostComparison {
  readonly original: CostEstimate;
  readonly choices: readonly CostChoice[];
  readonly hubMemory: MemoryFit;
}

/** The inputs of an estimate. */
export interface CostBasis {
  readonly prices: Prices;
  /** The configured fleet. */
  readonly fleet: CostedFleet;
  /** How many agents there are. */
  readonly agents: number;
  readonly measured: MeasuredMemory | undefined;
}

/**
 * Compares what the fleet costs a month in both placements, on every instance type of the price table. Pure.
 * @throws SwarmError `fleet/no-price` when the table lacks the hub's instance type.
 */
export function compareCosts(basis: CostBasis): CostComparison {
  const { prices, fleet, agents, measured } = basis;
  return {
    original: originalPlanCost(prices, agents),
    choices: (['dedicated', 'packed'] as const).flatMap((placement) =>
      Object.keys(prices.instanceHour).map((type) => choiceOf(basis, placement, type)),
    ),
    hubMemory: hubMemoryFit(prices, fleet, measured),
  };
}

function choiceOf(
  { prices, fleet, agents, measured }: CostBasis,
  placement: CostedFleet['placement'],
  instanceType: string,
): CostChoice {
  const key = placement === 'packed' ? 'packedInstanceType' : 'instanceType';
  const placed = { ...fleet, placement, agents: { ...fleet.agents, [key]: instanceType } };
  return {
    placement,
    instanceType,
    isConfigured: fleet.agents[key] === instanceType,
    estimate: estimateMonthlyCost(prices, placed, { ...USAGE, agents }),
    memory: agentMemoryFit(prices, placed, agents, measured),
  };
}
