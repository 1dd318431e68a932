import { type CostedFleet, noPrice } from './cost.ts';
import { agentHosts, hubHost } from './fleet-placement.ts';
import type { MeasuredMemory } from './measured-memory.ts';
import { SYSTEM_MIB } from './memory-needs.ts';
import type { Prices } from './prices.ts';

/** Whether the containers of a machine fit its memory, in MiB. */
export interface MemoryFit {
  readonly instanceType: string;
  readonly memoryMib: number;
  readonly containers: number;
  /** What is left for the system when all its containers use their measured peaks at once; undefined if unmeasured. */
  readonly leftAtPeakMib: number | undefined;
  readonly fits: boolean | undefined;
}

/**
 * Assesses whether the agents' containers fit their machines: one per machine, by the largest peak; packed, by the sum of all
 * peaks.
 * @throws SwarmError `fleet/no-price` for an instance type that the table lacks.
 */
export function agentMemoryFit(
  prices: Prices,
  fleet: CostedFleet,
  agents: number,
  measured: MeasuredMemory | undefined,
): MemoryFit {
  const names = Array.from({ length: agents }, (_, index) => `agent-${index}`);
  const [host] = agentHosts(fleet, names);
  const type = host?.instanceType ?? fleet.agents.instanceType;
  const containers = host?.units.length ?? 0;
  return fitOf(prices, type, containers, measured && peakOf(measured, fleet, containers));
}

/** Assesses whether the hub's container fits its machine. */
export function hubMemoryFit(prices: Prices, fleet: CostedFleet, measured: MeasuredMemory | undefined): MemoryFit {
  return fitOf(prices, hubHost(fleet).instanceType, 1, measured?.hubMib);
}

function peakOf({ agentMib }: MeasuredMemory, { placement }: CostedFleet, containers: number): number {
  return placement === 'packed' ? (agentMib.sum / agentMib.count) * containers : agentMib.max;
}

function fitOf(prices: Prices, type: string, containers: number, peakMib: number | undefined): MemoryFit {
  const memoryMib = prices.instanceMemoryMib[type];
  if (memoryMib === undefined) throw noPrice(prices, type);
  const leftAtPeakMib = peakMib === undefined ? undefined : Math.floor(memoryMib - peakMib);
  const fits = leftAtPeakMib === undefined ? undefined : leftAtPeakMib >= SYSTEM_MIB;
  return { instanceType: type, memoryMib, containers, leftAtPeakMib, fits };
}
