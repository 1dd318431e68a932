import type { Announcement } from '../core/channel.ts';
import type { OfferFact } from '../core/facts.ts';
import type { Need } from '../core/intent.ts';

/** The maximum number of HAVE and NEED lines in one beat. */
const LINES_PER_BEAT = 3;
/** An unchanged line is repeated after this, in seconds. */
const REPEAT_AFTER_SECONDS = 30 * 60;

/** The last line about each product or need, and when it was said. */
export type Said = ReadonlyMap<string, { readonly about: string; readonly at: number }>;

/** The lines to say now, and the updated memory of what was said. */
export interface AnnouncePlan {
  readonly lines: readonly Announcement[];
  readonly said: Said;
}

/**
 * Chooses the HAVE and NEED lines of a beat: on change or every half hour, three at most. One HAVE covers a whole
 * product: the number of its offers and the newest one. Offers for one buyer only are not announced.
 */
export function announce(offers: readonly OfferFact[], needs: readonly Need[], said: Said, now: number): AnnouncePlan {
  const lines: Announcement[] = [];
  const memory = new Map(said);
  const sayOnce = (key: string, about: string, line: Announcement): void => {
    const last = memory.get(key);
    const isNews = last === undefined || last.about !== about || now - last.at >= REPEAT_AFTER_SECONDS;
    if (!isNews || lines.length >= LINES_PER_BEAT) return;
    memory.set(key, { about, at: now });
    lines.push(line);
  };

  for (const [product, group] of groupByProduct(offers)) {
    const newest = group.reduce((a, b) =>
      b.createdAt > a.createdAt || (b.createdAt === a.createdAt && b.id < a.id) ? b : a,
    );
    sayOnce(`have:${product}`, `${group.length}:${newest.id}`, {
      type: 'have',
      product,
      count: group.length,
      priceAtomic: newest.priceAtomic,
      title: newest.title,
      offer: newest.id,
    });
  }
  for (const need of needs) {
    sayOnce(`need:${need.product}`, need.id, {
      type: 'need',
      product: need.product,
      maxPriceAtomic: need.maxPriceAtomic,
      why: need.why,
      need: need.id,
    });
  }
  return { lines, said: memory };
}

function groupByProduct(offers: readonly OfferFact[]): ReadonlyMap<string, readonly OfferFact[]> {
  const groups = new Map<string, OfferFact[]>();
  for (const offer of offers) {
    if (offer.forAgent !== undefined) continue;
    const group = groups.get(offer.product) ?? [];
    group.push(offer);
    groups.set(offer.product, group);
  }
  return groups;
}
