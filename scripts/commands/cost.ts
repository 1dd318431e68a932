import { relative } from 'node:path';
import { loadManifests } from '../../lib/files/load-manifests.ts';
import { projectPath } from '../../lib/files/project.ts';
import { type CostBasis, compareCosts } from '../../lib/fleet/cost-choices.ts';
import { readMeasuredMemory } from '../../lib/fleet/measured-memory.ts';
import { ownConfigFile } from '../../lib/fleet/own-config.ts';
import { readPrices } from '../../lib/fleet/prices.ts';
import { readFleetConfig } from '../../lib/fleet/read-config.ts';
import { printCosts, showCosts } from '../terminal/show-cost.ts';

/** The options of `cost`. */
export interface CostOptions {
  readonly agents: string;
  readonly config?: string;
  readonly prices?: string;
  readonly json?: boolean;
}

/** Estimates what the fleet costs a month, item by item, for both placements and several instance types. Sends no requests. */
export async function cost(options: CostOptions): Promise<number> {
  const configFile = options.config ?? ownConfigFile() ?? projectPath('infra/fleet.example.yaml');
  const basis: CostBasis = {
    prices: readPrices(options.prices),
    fleet: readFleetConfig(configFile),
    agents: (await loadManifests([options.agents])).length,
    measured: readMeasuredMemory(),
  };
  const comparison = compareCosts(basis);
  if (options.json) printCosts(comparison, basis);
  else showCosts(comparison, basis, relative('', configFile));
  return 0;
}
