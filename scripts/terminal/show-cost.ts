import { type CostEstimate, USAGE } from '../../lib/fleet/cost.ts';
import type { CostBasis, CostChoice, CostComparison } from '../../lib/fleet/cost-choices.ts';
import type { MemoryFit } from '../../lib/fleet/memory-fit.ts';
import { SYSTEM_MIB } from '../../lib/fleet/memory-needs.ts';
import { printJson, printLine, printTable } from './print.ts';

/** Prints the estimates as JSON, the original plan first. */
export function printCosts({ original, choices }: CostComparison, { agents, measured }: CostBasis): void {
  printJson('CostEstimate', [
    { ...original, agents },
    ...choices.map(({ estimate, ...choice }) => ({
      ...estimate,
      agents,
      ...choice,
      measuredAt: measured?.measuredAt,
    })),
  ]);
}

/** Shows the configured fleet item by item, then all choices, then their assumptions. */
export function showCosts(comparison: CostComparison, basis: CostBasis, configFile: string): void {
  const { original, choices, hubMemory } = comparison;
  const configured = choices.filter(({ isConfigured }) => isConfigured);
  showItems([original, ...configured.map(({ estimate }) => estimate)]);
  printLine('');
  showChoices(choices, original);
  printLine('');
  for (const line of notes(basis, configFile, hubMemory)) printLine(line);
}

function showItems(estimates: readonly CostEstimate[]): void {
  // Machines of different types share a row, so that their costs can be compared.
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

function showChoices(choices: readonly CostChoice[], original: CostEstimate): void {
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

function notes({ prices, agents, measured }: CostBasis, configFile: string, hub: MemoryFit): readonly string[] {
  const { egressGb, deliveriesGb, logsGb, imagesGb } = USAGE;
  return [
    `Prices of ${prices.seen}, ${prices.region}, on demand, ${prices.hoursPerMonth} hours a month; give a newer table with --prices FILE.`,
    `${agents} agents; * marks the instance types that ${configFile} names.`,
    `Assumed use in a month: ${egressGb} GB out, ${deliveriesGb} GB of goods and corpus, ${logsGb} GB of logs, ${imagesGb} GB of images.`,
    `Fits: with every container at its measured peak, ${SYSTEM_MIB} MiB are left for the system. The hub on ${hub.instanceType}: ${fitWord(hub)}.`,
    measured === undefined
      ? 'The memory use of the containers is not known: docker/memory.json is absent.'
      : `Measured on ${measured.measuredAt}: an agent uses ${measured.agentMib.median} MiB (median), at most ${measured.agentMib.max}; the hub ${measured.hubMib}.`,
  ];
}

function fitWord({ fits }: MemoryFit): string {
  return fits === undefined ? 'not measured' : fits ? 'yes' : 'no';
}

function usd(value: number): string {
  return value.toFixed(2);
}

function amount(count: number): string {
  return String(Number(count.toFixed(1)));
}
