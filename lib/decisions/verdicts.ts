import type { MarketFacts } from '../core/facts.ts';
import type { AgentName, OfferId } from '../core/ids.ts';
import type { Manifest } from '../core/manifest.ts';

/** The product that validators sell. */
export const VALIDATION = 'validation';

/** The validators that an agent trusts if its manifest names none: the swarm's own. */
const DEFAULT_VALIDATORS: readonly AgentName[] = ['kk-validator'];

/** The validators that an agent trusts: those from which it would buy a validation. */
export function trustedValidators(manifest: Manifest): readonly AgentName[] {
  const want = manifest.spec.buys.find((line) => line.product === VALIDATION);
  return want?.sellers ?? DEFAULT_VALIDATORS;
}

/** The verdicts of trusted validators by offer. Reports of others are ignored. */
export function readVerdicts(market: MarketFacts, manifest: Manifest): ReadonlyMap<OfferId, 'passed' | 'failed'> {
  const trusted = trustedValidators(manifest);
  const verdicts = new Map<OfferId, 'passed' | 'failed'>();
  for (const { report, seller } of market.offers) {
    if (report !== undefined && trusted.includes(seller)) verdicts.set(report.offer, report.verdict);
  }
  return verdicts;
}
