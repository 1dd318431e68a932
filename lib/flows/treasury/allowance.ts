import type { OfferFact } from '../../core/facts.ts';
import { maxGoodsBytesOf } from '../../core/goods-bounds.ts';
import type { Manifest, ProductWanted } from '../../core/manifest.ts';
import { sumAtomic } from '../../core/money.ts';

/** The number of days whose inputs a system agent keeps money for before its surplus returns to the treasury. */
const DAYS_KEPT = 5n;

/** Whether an agent gets a daily budget from the treasury; system agents live on their sales. */
export function isCommunity(manifest: Manifest): boolean {
  return manifest.spec.role === 'buyer';
}

/** What the treasury gives an agent: a daily top-up, or one birth grant. */
export function purposeOf(manifest: Manifest): 'top-up' | 'birth' {
  return isCommunity(manifest) ? 'top-up' : 'birth';
}

/** What a community agent lacks of its daily budget; zero if it has that much. Atomic units. */
export function dailyTopUp(manifest: Manifest, balanceAtomic: bigint): bigint {
  const missing = manifest.spec.budget.daily - balanceAtomic;
  return missing > 0n ? missing : 0n;
}

/**
 * What the treasury owes an agent that did not get its money yet: a community agent's daily top-up, or a system agent's
 * birth grant. Atomic units.
 * @param daysOf the number of days of an input; undefined if it is not known yet, and then the birth grant is not known either.
 */
export function allowanceOf(
  manifest: Manifest,
  balanceAtomic: bigint,
  daysOf: (want: ProductWanted) => number | undefined,
): bigint | undefined {
  return isCommunity(manifest) ? dailyTopUp(manifest, balanceAtomic) : endowmentFor(manifest, daysOf);
}

/**
 * The amount of a birth grant: the reserve, the days of each input that is bought by the day, and one day's purchases of
 * everything else. The number of days is only the seller's statement, so at most the manifest's `backlogDays` are paid: the
 * maximum of a grant is known from the manifest alone. Atomic units.
 * @param daysOf the number of days of an input; undefined if it is not known yet.
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
 * The number of days of an input that are on offer to an agent; undefined if there are none yet. It is only the seller's
 * statement, so it counts only for sellers that the manifest names.
 */
export function daysOnOffer(manifest: Manifest, want: ProductWanted, offers: readonly OfferFact[]): number | undefined {
  const backlog = offers.filter(
    (offer) =>
      offer.product === want.product &&
      offer.seller !== manifest.metadata.name &&
      (want.sellers === undefined || want.sellers.includes(offer.seller)) &&
      offer.priceAtomic <= want.maxPrice * BigInt(offer.unitCount) &&
      offer.sizeBytes <= maxGoodsBytesOf(offer.product, offer.unitCount),
  );
  return backlog.length === 0 ? undefined : backlog.reduce((days, offer) => days + offer.unitCount, 0);
}

/** What a system agent has above its reserve and five days' inputs, which returns to the treasury. Atomic units. */
export function surplus(manifest: Manifest, balanceAtomic: bigint): bigint {
  const daily = sumAtomic(
    manifest.spec.buys.map((want) => (want.unit === 'day' ? want.maxPrice : want.maxPrice * BigInt(want.perDay))),
  );
  const above = balanceAtomic - manifest.spec.budget.reserve - DAYS_KEPT * daily;
  return above > 0n ? above : 0n;
}
