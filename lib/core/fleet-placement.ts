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

/** The host that runs an agent. */
export function hostOf(config: Pick<PlacementChoice, 'placement'>, agent: string): string {
  return config.placement === 'packed' ? PACK : agent;
}
