import { SwarmError } from '../core/errors.ts';
import { agentHosts, hubHost, stewardHosts } from './fleet-placement.ts';
import type { Prices } from './prices.ts';

/** The part of the fleet configuration that decides its cost. */
export interface CostedFleet {
  readonly placement: 'dedicated' | 'packed';
  readonly egress: 'hub' | 'nat-gateway';
  readonly agents: {
    readonly instanceType: string;
    readonly packedInstanceType: string;
    readonly volumeGb: number;
    readonly packedVolumeGb: number;
  };
  readonly hub: {
    readonly instanceType: string;
    readonly dataGb: number;
    readonly memoryMb: number;
    readonly snapshotsKept: number;
  };
  readonly steward: boolean;
}

/** What a fleet uses in a month besides machines and disks. These are estimates; each is printed with the result. */
export interface Usage {
  readonly agents: number;
  /** Bytes that leave to the internet (calls to the chain, mostly), GB. */
  readonly egressGb: number;
  readonly deliveriesGb: number;
  readonly logsGb: number;
  readonly imagesGb: number;
}

/** 24 agents, a beat in five minutes: about 1.5 KB of log and 60 KB of calls to the chain each. */
export const USAGE: Usage = { agents: 24, egressGb: 13, deliveriesGb: 10, logsGb: 1, imagesGb: 1 };

/** One line of the estimate. */
export interface CostItem {
  readonly item: string;
  readonly count: number;
  readonly unitUsd: number;
  readonly monthUsd: number;
}

/** A monthly estimate, most expensive items first. */
export interface CostEstimate {
  readonly name: string;
  readonly pricesSeen: string;
  readonly items: readonly CostItem[];
  readonly totalUsd: number;
}

/**
 * Estimates what a fleet costs a month, item by item.
 * @throws SwarmError `fleet/no-price` for an instance type that the table lacks.
 */
export function estimateMonthlyCost(prices: Prices, fleet: CostedFleet, usage: Usage = USAGE): CostEstimate {
  const month = prices.hoursPerMonth;
  const names = Array.from({ length: usage.agents }, (_, index) => `agent-${index}`);
  const hosts = agentHosts(fleet, names);
  const hub = hubHost(fleet);
  const stewards = stewardHosts(fleet);
  const machines = [...hosts, ...stewards, hub];
  const first = hosts[0];
  const units = usage.agents + stewards.length + 1;
  const disksGb = machines.reduce((sum, host) => sum + host.volumeGb, 0) + fleet.hub.dataGb;
  const nat = fleet.egress === 'nat-gateway';
  const items = [
    item(
      `agents, ${first?.instanceType ?? 'none'}`,
      hosts.length,
      first ? hour(prices, first.instanceType) * month : 0,
    ),
    item(`hub, ${hub.instanceType}`, 1, hour(prices, hub.instanceType) * month),
    ...stewards.map(({ instanceType }) => item(`steward, ${instanceType}`, 1, hour(prices, instanceType) * month)),
    item('disks, gp3 GB', disksGb, prices.gp3GbMonth),
    // Snapshots are incremental: the data once, and a twentieth of it changed each day.
    item(
      'hub snapshots, GB',
      fleet.hub.dataGb * (fleet.hub.snapshotsKept > 0 ? 0.5 + fleet.hub.snapshotsKept / 40 : 0),
      prices.snapshotGbMonth,
    ),
    item('public IPv4 addresses', nat ? 2 : 1, prices.publicIpv4Hour * month),
    item('NAT gateway', nat ? 1 : 0, prices.natGatewayHour * month),
    item('NAT gateway, GB', nat ? usage.egressGb * 2 : 0, prices.natGatewayGb),
    item('traffic out beyond the free GB', Math.max(0, usage.egressGb - prices.egressFreeGb), prices.egressGb),
    item('secrets', units, prices.secretMonth),
    item('encryption key', 1, prices.kmsKeyMonth),
    item('alarms', machines.length + units, prices.alarmMonth),
    item('logs taken in, GB', usage.logsGb, prices.logsIngestGb),
    item('logs kept, GB', usage.logsGb, prices.logsStoredGbMonth),
    item('deliveries and corpus, GB', usage.deliveriesGb, prices.s3GbMonth),
    item('images, GB', usage.imagesGb, prices.ecrGbMonth),
  ];
  return estimate(`${fleet.placement}, ${first?.instanceType ?? 'none'}`, prices, items);
}

/** The cost of the plan that the project started from: a t3.small, a public address, 8 GB and a secret per agent. */
export function originalPlanCost(prices: Prices, agents: number = USAGE.agents): CostEstimate {
  const month = prices.hoursPerMonth;
  return estimate('original plan, t3.small with public addresses', prices, [
    item('agents, t3.small', agents, hour(prices, 't3.small') * month),
    item('public IPv4 addresses', agents, prices.publicIpv4Hour * month),
    item('disks, gp3 GB', agents * 8, prices.gp3GbMonth),
    item('secrets', agents, prices.secretMonth),
  ]);
}

function item(name: string, count: number, unitUsd: number): CostItem {
  return { item: name, count, unitUsd: cents(unitUsd, 4), monthUsd: cents(count * unitUsd) };
}

function estimate(name: string, prices: Prices, all: readonly CostItem[]): CostEstimate {
  const items = all.filter(({ monthUsd }) => monthUsd > 0).sort((a, b) => b.monthUsd - a.monthUsd);
  return {
    name,
    pricesSeen: prices.seen,
    items,
    totalUsd: cents(items.reduce((sum, { monthUsd }) => sum + monthUsd, 0)),
  };
}

function cents(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

function hour(prices: Prices, type: string): number {
  const found = prices.instanceHour[type];
  if (found === undefined) throw noPrice(prices, type);
  return found;
}

/** The error for an instance type that a price table lacks. */
export function noPrice(prices: Prices, type: string): SwarmError {
  return new SwarmError({
    code: 'fleet/no-price',
    disposition: 'stop',
    message: `The price table of ${prices.seen} doesn't know ${type}; it knows ${Object.keys(prices.instanceHour).join(', ')}`,
    next: 'Choose one of these, or give a price table that has it.',
  });
}
