import { STEWARD } from '../core/ids.ts';
import { HUB, PACK } from './fleet-names.ts';

/** One machine and the units it runs. */
export interface HostPlan {
  readonly host: string;
  readonly units: readonly string[];
  readonly instanceType: string;
  readonly volumeGb: number;
}

/** The parts of the configuration that decide which machines there are. */
export interface PlacementChoice {
  readonly placement: 'dedicated' | 'packed';
  readonly agents: {
    readonly instanceType: string;
    readonly packedInstanceType: string;
    readonly volumeGb: number;
    readonly packedVolumeGb: number;
  };
  readonly hub: { readonly instanceType: string };
  readonly steward: boolean;
}

/** The machines of the agents: one each, or one for all. Which agents a packed host runs is not part of the host. */
export function agentHosts(config: PlacementChoice, agents: readonly string[]): readonly HostPlan[] {
  const { instanceType, packedInstanceType, volumeGb, packedVolumeGb } = config.agents;
  if (config.placement === 'packed') {
    return [{ host: PACK, units: agents, instanceType: packedInstanceType, volumeGb: packedVolumeGb }];
  }
  return agents.map((agent) => ({ host: agent, units: [agent], instanceType, volumeGb }));
}

/** The machine of the hub. */
export function hubHost(config: PlacementChoice): HostPlan {
  return { host: HUB, units: [HUB], instanceType: config.hub.instanceType, volumeGb: 8 };
}

/** The machine of the steward, where there is one. No other unit runs on it, packed or not: it holds the treasury's key. */
export function stewardHosts(config: PlacementChoice): readonly HostPlan[] {
  const { instanceType, volumeGb } = config.agents;
  return config.steward ? [{ host: STEWARD, units: [STEWARD], instanceType, volumeGb }] : [];
}

/** The host that runs a unit. */
export function hostOf(config: Pick<PlacementChoice, 'placement'>, unit: string): string {
  const isAgent = unit !== HUB && unit !== STEWARD;
  return isAgent && config.placement === 'packed' ? PACK : unit;
}
