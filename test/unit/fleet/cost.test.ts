import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadManifests } from '../../../lib/files/load-manifests.ts';
import { estimateMonthlyCost, originalPlanCost, USAGE } from '../../../lib/fleet/cost.ts';
import type { FleetConfig } from '../../../lib/fleet/fleet-config.ts';
import { readMeasuredMemory } from '../../../lib/fleet/measured-memory.ts';
import { agentMemoryFit, hubMemoryFit } from '../../../lib/fleet/memory-fit.ts';
import { MEMORY_LIMIT_MIB } from '../../../lib/fleet/memory-needs.ts';
import { readPrices } from '../../../lib/fleet/prices.ts';
import { readFleetConfig } from '../../../lib/fleet/read-config.ts';

const measurement = z.object({ containers: z.record(z.string(), z.object({ peakMib: z.number() })) });
const prices = readPrices();
const types = Object.keys(prices.instanceHour);
const dedicated: FleetConfig = readFleetConfig('infra/fleet.example.yaml');
const packed: FleetConfig = { ...dedicated, placement: 'packed' };
const withType = (fleet: FleetConfig, type: string): FleetConfig => ({
  ...fleet,
  agents: { ...fleet.agents, instanceType: type, packedInstanceType: type },
});

describe('the estimate', () => {
  it('is under 200 USD for 24 dedicated agents and under 75 USD for 24 packed ones, and they fit their memory', () => {
    expect(estimateMonthlyCost(prices, dedicated).totalUsd).toBeLessThan(200);
    expect(estimateMonthlyCost(prices, packed).totalUsd).toBeLessThan(75);
    const measured = readMeasuredMemory();
    const fits = measured === undefined ? undefined : true;
    for (const fleet of [dedicated, packed]) expect(agentMemoryFit(prices, fleet, 24, measured).fits).toBe(fits);
    expect(hubMemoryFit(prices, dedicated, measured).fits).toBe(fits);
  });

  it('finds the original plan at about 477 USD', () => {
    expect(originalPlanCost(prices).totalUsd).toBeCloseTo(476.98, 1);
  });

  it('is the sum of its items, and grows with every agent', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.constantFrom(dedicated, packed),
        fc.integer({ min: 1, max: 200 }),
        (type, placed, agents) => {
          const fleet = withType(placed, type);
          const { items, totalUsd } = estimateMonthlyCost(prices, fleet, { ...USAGE, agents });
          expect(items.reduce((sum, { monthUsd }) => sum + monthUsd, 0)).toBeCloseTo(totalUsd, 1);
          expect(estimateMonthlyCost(prices, fleet, { ...USAGE, agents: agents + 1 }).totalUsd).toBeGreaterThan(
            totalUsd,
          );
        },
      ),
    );
  });

  it('stays within the same bounds with a steward, which is a machine and a secret more', () => {
    for (const [fleet, most] of [
      [dedicated, 200],
      [packed, 75],
    ] as const) {
      const more = estimateMonthlyCost(prices, { ...fleet, steward: true });
      expect(more.items.find(({ item }) => item.startsWith('steward'))?.count).toBe(1);
      expect(more.items.find(({ item }) => item === 'secrets')?.count).toBe(26);
      expect(more.totalUsd).toBeLessThan(most);
    }
  });

  it('counts a NAT gateway as dearer than the hub as the way out', () => {
    const cheaper = estimateMonthlyCost(prices, dedicated).totalUsd;
    expect(estimateMonthlyCost(prices, { ...dedicated, egress: 'nat-gateway' }).totalUsd - cheaper).toBeGreaterThan(32);
  });

  it('says which instance types it knows when asked for another', () => {
    expect(() => estimateMonthlyCost(prices, withType(dedicated, 'm7g.large'))).toThrow(
      expect.objectContaining({ code: 'fleet/no-price', message: expect.stringContaining('t4g.micro') }),
    );
  });

  it('names the price table it could not read, and what is wrong with it', () => {
    expect(() => readPrices('package.json')).toThrow(
      expect.objectContaining({ code: 'fleet/bad-prices', message: expect.stringContaining('instanceHour') }),
    );
    expect(() => readPrices('nowhere.json')).toThrow(
      expect.objectContaining({ code: 'fleet/bad-prices', message: expect.stringContaining('no such file') }),
    );
  });
});

describe('the memory of a container', () => {
  it('is bounded above all that was measured of it', async () => {
    const roles = new Map((await loadManifests(['agents'])).map(({ metadata, spec }) => [metadata.name, spec.role]));
    const limitOf = (container: string): number => {
      const role = roles.get(container);
      if (role !== undefined) return MEMORY_LIMIT_MIB.agent[role];
      return container === 'hub' || container === 'steward' ? MEMORY_LIMIT_MIB[container] : MEMORY_LIMIT_MIB.local;
    };
    const { containers } = measurement.parse(JSON.parse(await readFile('docker/memory.json', 'utf8')));
    const over = Object.entries(containers).filter(([name, { peakMib }]) => peakMib > limitOf(name));
    expect(Object.keys(containers)).toEqual(expect.arrayContaining([...roles.keys(), 'hub', 'steward']));
    expect(over).toEqual([]);
  });
});

describe('the memory of a machine', () => {
  const measured = (max: number) => ({
    measuredAt: '2026-01-01',
    agentMib: { count: 24, sum: 12 * max, median: max / 2, max },
    hubMib: max,
  });

  it('is judged by the largest container where each has its own, by all together where they share', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(dedicated, packed),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 300 }),
        (fleet, agents, seen) => {
          const found = agentMemoryFit(prices, fleet, agents, measured(seen));
          const left = found.memoryMib - (fleet.placement === 'packed' ? (agents * seen) / 2 : seen);
          expect(found.leftAtPeakMib).toBe(Math.floor(left));
          expect(found.fits).toBe(Math.floor(left) >= 400);
          expect(agentMemoryFit(prices, fleet, agents, undefined).fits).toBeUndefined();
        },
      ),
    );
  });
});
