import type { Intent } from '../core/intent.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { readVerdicts, VALIDATION } from './verdicts.ts';

/**
 * Chooses which of its own offers an agent has validated next: the newest offer of a product that has no report yet, one
 * at a time, within the daily limit of its manifest.
 */
export function planValidations({ me, market, draining }: Snapshot): readonly Intent[] {
  const want = me.manifest.spec.buys.find((line) => line.product === VALIDATION);
  const validator = want?.sellers?.[0];
  if (want === undefined || validator === undefined || draining) return [];
  const today = market.trades.filter(
    (trade) =>
      trade.side === 'buyer' && trade.product === VALIDATION && trade.requestedAt >= market.budget.dayStartedAt,
  );
  if (today.length >= want.perDay || market.budget.availableAtomic < want.maxPrice) return [];
  const reported = readVerdicts(market, me.manifest);
  const validatedProducts = new Set(
    market.myOffers.filter((offer) => reported.has(offer.id)).map((offer) => offer.product),
  );
  const waiting = market.myOffers
    .filter((offer) => offer.report === undefined && !reported.has(offer.id))
    .sort(
      (a, b) =>
        Number(validatedProducts.has(a.product)) - Number(validatedProducts.has(b.product)) ||
        b.createdAt - a.createdAt ||
        (a.id < b.id ? -1 : 1),
    );
  const next = waiting[0];
  if (next === undefined) return [];
  return [
    {
      type: 'validate',
      offer: next.id,
      validator,
      reason: `${next.title} has no report yet; a validated offer sells better`,
    },
  ];
}
