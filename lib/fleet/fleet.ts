import type { Inventory } from './fleet-inventory.ts';

/** A machine as it should be. A field is undefined where the source of the fleet does not say. */
export interface FleetHost {
  readonly host: string;
  readonly instanceId: string;
  /** The tag Boot that a new machine would get. */
  readonly boot: string | undefined;
}

/** A container of the fleet: an agent, or `hub`. */
export interface FleetUnit {
  readonly unit: string;
  readonly host: string;
  readonly logGroup: string;
  readonly imageParameter: string;
  /** The image that the configuration names. */
  readonly configuredImage: string | undefined;
}

/** The fleet as the operator's commands need it. */
export interface Fleet {
  /** Where it was found, for messages. */
  readonly source: string;
  readonly stack: string;
  readonly region: string;
  readonly accountId: string;
  readonly unitDocument: string;
  /** The registry addresses of the two images. */
  readonly repositories: { readonly agent: string; readonly hub: string };
  readonly hosts: readonly FleetHost[];
  readonly units: readonly FleetUnit[];
}

/** Creates the fleet from an inventory, which is an output of `cdktf deploy`. */
export function fleetOf(inventory: Inventory, source: string): Fleet {
  const { stack, region, accountId, unitDocument, repositories, hosts, units } = inventory;
  return {
    source,
    stack,
    region,
    accountId,
    unitDocument,
    repositories,
    hosts: hosts.map(({ host, instanceId, boot }) => ({ host, instanceId, boot })),
    units: units.map(({ unit, host, logGroup, imageParameter, image }) => ({
      unit,
      host,
      logGroup,
      imageParameter,
      configuredImage: image === '' ? undefined : image,
    })),
  };
}

/** The machine that runs a unit, or undefined. */
export function hostOfUnit(fleet: Fleet, unit: FleetUnit): FleetHost | undefined {
  return fleet.hosts.find(({ host }) => host === unit.host);
}
