import type { OfferFact } from '../../core/facts.ts';
import type { Manifest, ProductWanted } from '../../core/manifest.ts';
import { sumAtomic } from '../../core/money.ts';

/** Days of inputs that a system agent keeps before its surplus returns to the treasury. */
const DAYS_KEPT = 5n;

/** Whether an agent lives on the treasury's daily budget; system agents live on their sales. */
export function isCommunity(manifest: Manifest): boolean {
  return manifest.spec.role === 'buyer';
}

/** What the treasury gives an agent: its budget of each day, or once its start. */
export function purposeOf(manifest: Manifest): 'top-up' | 'birth' {
  return isCommunity(manifest) ? 'top-up' : 'birth';
}

/** What a community agent lacks of its daily budget: zero when it has that much. Atomic units. */
export function dailyTopUp(manifest: Manifest, balanceAtomic: bigint): bigint {
  const missing = manifest.spec.budget.daily - balanceAtomic;
  return missing > 0n ? missing : 0n;
}

/**
 * What the treasury has for an agent that it has not given its money yet: a community agent's day, or a system agent's
 * start with so many days of each input. Atomic units.
 * @param daysOf undefined where nobody can tell yet; then nobody can tell the start either.
 */
export function allowanceOf(
  manifest: Manifest,
  balanceAtomic: bigint,
  daysOf: (want: ProductWanted) => number | undefined,
): bigint | undefined {
  return isCommunity(manifest) ? dailyTopUp(manifest, balanceAtomic) : endowmentFor(manifest, daysOf);
}

/**
 * What a start costs with so many days of each input that is bought by the day: the reserve, those days, and a day's
 * purchases of everything else. How many days there are is their seller's word, so no more are paid for than the
 * manifest's `backlogDays`: what a start costs at most is known from the manifest alone. Atomic units.
 * @param daysOf undefined where nobody can tell yet.
 */
export function endowmentFor(
  manifest: Manifest,
  daysOf: (want: ProductWanted) => number | undefined,
): bigint | undefined {
  let total = manifest.spec.budget.reserve;
  for (const want of manifest.spec.buys) {
    const count = want.unit === 'piece' ? want.perDay : daysOf(want);
    if (count === undefined) return undefined;
    total += want.maxPrice * BigInt(want.unit === 'piece' ? count : Math.min(count, want.backlogDays));
  }
  return total;
}

/**
 * The days of an input that are on offer to an agent; undefined where none are yet. They are their seller's word: only
 * the sellers that the manifest names can raise a start.
 */
export function daysOnOffer(manifest: Manifest, want: ProductWanted, offers: readonly OfferFact[]): number | undefined {
  const backlog = offers.filter(
    (offer) =>
      offer.product === want.product &&
      offer.seller !== manifest.metadata.name &&
      (want.sellers === undefined || want.sellers.includes(offer.seller)) &&
      offer.priceAtomic <= want.maxPrice * BigInt(offer.unitCount),
  );
  return backlog.length === 0 ? undefined : backlog.reduce((days, offer) => days + offer.unitCount, 0);
}

/** What a system agent has above its reserve and five days' inputs: it goes back to the treasury. Atomic units. */
export function surplus(manifest: Manifest, balanceAtomic: bigint): bigint {
  const daily = sumAtomic(
    manifest.spec.buys.map((want) => (want.unit === 'day' ? want.maxPrice : want.maxPrice * BigInt(want.perDay))),
  );
  const above = balanceAtomic - manifest.spec.budget.reserve - DAYS_KEPT * daily;
  return above > 0n ? above : 0n;
}
