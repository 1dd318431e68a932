import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { projectPath } from '../../lib/files/project.ts';
import { type CostEstimate, type CostedFleet, estimateCost, originalPlanCost, USAGE } from '../../lib/fleet/cost.ts';
import { type MeasuredMemory, readMeasuredMemory } from '../../lib/fleet/measured-memory.ts';
import { agentMemoryFit, hubMemoryFit, type MemoryFit } from '../../lib/fleet/memory-fit.ts';
import { SYSTEM_MIB } from '../../lib/fleet/memory-needs.ts';
import { type Prices, readPrices } from '../../lib/fleet/prices.ts';
import { readFleetConfig } from '../../lib/fleet/read-config.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** The options of `cost`. */
export interface CostOptions {
  readonly agents: string;
  readonly config?: string;
  readonly prices?: string;
  readonly json?: boolean;
}

interface Choice {
  readonly placement: CostedFleet['placement'];
  readonly instanceType: string;
  readonly isConfigured: boolean;
  readonly estimate: CostEstimate;
  readonly memory: MemoryFit;
}

/** Estimates what the fleet costs a month, item by item, for both placements and several instance types. Asks nobody. */
export async function cost(options: CostOptions): Promise<number> {
  const prices = readPrices(options.prices);
  const configFile = options.config ?? defaultConfig();
  const fleet = readFleetConfig(configFile);
  const agents = (await loadManifests([options.agents])).length;
  const measured = readMeasuredMemory();
  const original = originalPlanCost(prices, agents);
  const choices = (['dedicated', 'packed'] as const).flatMap((placement) =>
    Object.keys(prices.instanceHour).map((type) => choose(prices, fleet, agents, measured, { placement, type })),
  );
  if (options.json) {
    printJson('CostEstimate', [
      { ...original, agents },
      ...choices.map(({ estimate, ...choice }) => ({
        ...estimate,
        agents,
        ...choice,
        measuredAt: measured?.measuredAt,
      })),
    ]);
    return 0;
  }
  const configured = choices.filter(({ isConfigured }) => isConfigured);
  showItems([original, ...configured.map(({ estimate }) => estimate)]);
  printLine('');
  showChoices(choices, original);
  printLine('');
  for (const line of notes(prices, configFile, agents, measured, hubMemoryFit(prices, fleet, measured)))
    printLine(line);
  return 0;
}

function defaultConfig(): string {
  const own = projectPath('infra/fleet.yaml');
  return existsSync(own) ? own : projectPath('infra/fleet.example.yaml');
}

function choose(
  prices: Prices,
  config: CostedFleet,
  agents: number,
  measured: MeasuredMemory | undefined,
  { placement, type }: { readonly placement: CostedFleet['placement']; readonly type: string },
): Choice {
  const key = placement === 'packed' ? 'packedInstanceType' : 'instanceType';
  const fleet = { ...config, placement, agents: { ...config.agents, [key]: type } };
  return {
    placement,
    instanceType: type,
    isConfigured: config.agents[key] === type,
    estimate: estimateCost(prices, fleet, { ...USAGE, agents }),
    memory: agentMemoryFit(prices, fleet, agents, measured),
  };
}

function showItems(estimates: readonly CostEstimate[]): void {
  // Machines of different types are one row: what they cost is what is compared.
  const rows = new Map<string, Map<CostEstimate, string>>();
  for (const estimate of estimates) {
    for (const { item, count, monthUsd } of estimate.items) {
      const row = item.replace(/^(agents|hub), .*/, 'machines of the $1');
      rows.set(row, (rows.get(row) ?? new Map()).set(estimate, `${usd(monthUsd)} (${amount(count)})`));
    }
  }
  printTable(
    ['USD a month (how many)', ...estimates.map(({ name }) => name)],
    [
      ...[...rows].map(([row, cells]) => [row, ...estimates.map((estimate) => cells.get(estimate) ?? '')]),
      ['total', ...estimates.map(({ totalUsd }) => usd(totalUsd))],
    ],
  );
}

function showChoices(choices: readonly Choice[], original: CostEstimate): void {
  printTable(
    ['placement', 'instance type', 'USD a month', 'of the original', 'MiB', 'left at peak', 'fits'],
    choices.map(({ placement, instanceType, isConfigured, estimate, memory }) => [
      placement,
      `${instanceType}${isConfigured ? ' *' : ''}`,
      usd(estimate.totalUsd),
      `${Math.round((100 * estimate.totalUsd) / original.totalUsd)} %`,
      String(memory.memoryMib),
      memory.leftAtPeakMib === undefined ? 'not measured' : String(memory.leftAtPeakMib),
      fitWord(memory),
    ]),
  );
}

function fitWord({ fits }: MemoryFit): string {
  return fits === undefined ? 'not measured' : fits ? 'yes' : 'no';
}

function notes(
  prices: Prices,
  configFile: string,
  agents: number,
  measured: MeasuredMemory | undefined,
  hub: MemoryFit,
): readonly string[] {
  const { egressGb, deliveriesGb, logsGb, imagesGb } = USAGE;
  return [
    `Prices seen ${prices.seen}, ${prices.region}, on demand, ${prices.hoursPerMonth} hours a month; a newer table: --prices FILE.`,
    `${agents} agents; * is what ${relative('', configFile)} names.`,
    `Taken as used in a month: ${egressGb} GB out, ${deliveriesGb} GB of goods and corpus, ${logsGb} GB of logs, ${imagesGb} GB of images.`,
    `Fits: with every container at its measured peak ${SYSTEM_MIB} MiB are left for the system. The hub on ${hub.instanceType}: ${fitWord(hub)}.`,
    measured === undefined
      ? 'The memory of the containers is not measured: docker/memory.json is absent.'
      : `Measured ${measured.measuredAt}: an agent ${measured.agentMib.median} MiB (median), ${measured.agentMib.max} at most; the hub ${measured.hubMib}.`,
  ];
}

function usd(value: number): string {
  return value.toFixed(2);
}

function amount(count: number): string {
  return String(Number(count.toFixed(1)));
}
