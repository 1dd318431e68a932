import type { OfferFact } from '../../core/facts.ts';
import type { Manifest } from '../../core/manifest.ts';
import { sumAtomic } from '../../core/money.ts';

/** Days of inputs that a system agent keeps before its surplus returns to the treasury. */
const DAYS_KEPT = 5n;

/** Whether an agent lives on the treasury's daily budget; system agents live on their sales. */
export function isCommunity(manifest: Manifest): boolean {
  return manifest.spec.role === 'buyer';
}

/** What a community agent lacks of its daily budget: zero when it has that much. Atomic units. */
export function dailyTopUp(manifest: Manifest, balanceAtomic: bigint): bigint {
  const missing = manifest.spec.budget.daily - balanceAtomic;
  return missing > 0n ? missing : 0n;
}

/**
 * What a system agent gets once, at birth: its backlog of inputs and its reserve. Undefined while the backlog of an
 * input that is sold by the day is not on offer yet, so that its price is unknown. Atomic units.
 */
export function birthEndowment(manifest: Manifest, offers: readonly OfferFact[]): bigint | undefined {
  let total = manifest.spec.budget.reserve;
  for (const want of manifest.spec.buys) {
    if (want.unit === 'piece') {
      total += want.maxPrice * BigInt(want.perDay);
      continue;
    }
    // An offer's days are its seller's word: only the sellers that the manifest names can raise the endowment.
    const backlog = offers.filter(
      (offer) =>
        offer.product === want.product &&
        offer.seller !== manifest.metadata.name &&
        (want.sellers === undefined || want.sellers.includes(offer.seller)) &&
        offer.priceAtomic <= want.maxPrice * BigInt(offer.unitCount),
    );
    if (backlog.length === 0) return undefined;
    total += want.maxPrice * BigInt(backlog.reduce((days, offer) => days + offer.unitCount, 0));
  }
  return total;
}

/** What a system agent has above its reserve and five days' inputs: it goes back to the treasury. Atomic units. */
export function surplus(manifest: Manifest, balanceAtomic: bigint): bigint {
  const daily = sumAtomic(
    manifest.spec.buys.map((want) => (want.unit === 'day' ? want.maxPrice : want.maxPrice * BigInt(want.perDay))),
  );
  const above = balanceAtomic - manifest.spec.budget.reserve - DAYS_KEPT * daily;
  return above > 0n ? above : 0n;
}
