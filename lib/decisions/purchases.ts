import type { MarketFacts, OfferFact, TradeFact } from '../core/facts.ts';
import { isOpenState } from '../core/facts.ts';
import { maxGoodsBytesOf } from '../core/goods-bounds.ts';
import type { AgentName } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import type { ProductWanted } from '../core/manifest.ts';
import { formatUsdc } from '../core/money.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { awaitsFirstBudget } from './first-budget.ts';
import { tieBreak } from './tie-break.ts';
import { avoidedSellers } from './trust.ts';
import { readVerdicts } from './verdicts.ts';

/** A seller accepts no more unpaid quotes than this from one buyer. */
const MAX_UNPAID_PER_SELLER = 4;
/** The maximum number of failed trades before an offer is not requested again. */
const MAX_ATTEMPTS = 2;

/** The shopping rules of a role. */
export interface ShoppingHabits {
  /** The maximum number of new requests in one beat. */
  readonly perBeat: number;
  /** Whether goods about the same subject are preferred, because a product is made from the pair. */
  readonly pairsSubjects: boolean;
}

/** What to request, and the wants for which nothing suitable is on offer. */
export interface Shopping {
  readonly requests: readonly Extract<Intent, { type: 'request' }>[];
  readonly unmet: readonly ProductWanted[];
  /** Why nothing (more) is bought, for the log. */
  readonly remarks: readonly string[];
}

interface Candidate {
  readonly offer: OfferFact;
  readonly want: ProductWanted;
  readonly score: number;
  readonly liked: readonly string[];
}

/**
 * Chooses which offers to request: those that the agent wants, can afford within budget and reserve and doesn't have yet,
 * from sellers that it trusts; best first.
 */
export function shop(snapshot: Snapshot, habits: ShoppingHabits): Shopping {
  const { market, me } = snapshot;
  const history = readHistory(market);
  const avoided = avoidedSellers(market.trades);
  const verdicts = readVerdicts(market, me.manifest);
  const remarks: string[] = [];
  const unmet: ProductWanted[] = [];
  const candidates: Candidate[] = [];

  for (const want of me.manifest.spec.buys) {
    const suitable = market.offers.filter(
      (offer) =>
        offer.product === want.product &&
        (offer.forAgent === undefined || offer.forAgent === me.name) &&
        (want.sellers === undefined || want.sellers.includes(offer.seller)) &&
        offer.priceAtomic <= limitFor(want, offer) &&
        !history.owned.has(offer.contentRoot) &&
        !mayBeLost(offer, market.lost) &&
        !history.busy.has(offer.id) &&
        (history.failures.get(offer.id) ?? 0) < MAX_ATTEMPTS &&
        !avoided.has(offer.seller) &&
        verdicts.get(offer.id) !== 'failed' &&
        !isOversized(offer, market, remarks),
    );
    const fitting = suitable
      .map((offer) => scoreOffer(offer, want, { history, verdicts, habits, me: me.name }))
      .filter((candidate) => !want.onlyTopics || candidate.liked.length > 0);
    if (fitting.length === 0) unmet.push(want);
    candidates.push(...fitting);
  }

  candidates.sort((a, b) => b.score - a.score || (a.offer.id < b.offer.id ? -1 : 1));
  const requests = fillBasket(candidates, snapshot, habits, remarks);
  return {
    requests: snapshot.draining ? [] : requests,
    unmet,
    // Without its first budget the remarks would only say that nothing is affordable.
    remarks: awaitsFirstBudget(market) ? [] : remarks,
  };
}

/** The most that an agent pays for an offer: its maximum price for one unit times the number of units. */
export function limitFor(want: ProductWanted, offer: OfferFact): bigint {
  // The number of days is only the seller's statement, so it counts only for sellers that the manifest names.
  const isTrusted = want.sellers?.includes(offer.seller) ?? false;
  return want.unit === 'day' && isTrusted ? want.maxPrice * BigInt(offer.unitCount) : want.maxPrice;
}

/**
 * Whether an offer has more bytes than goods of its product ever have, or than are bought at all; says so in a remark, without
 * the number that a stranger wrote.
 */
function isOversized(offer: OfferFact, { budget }: MarketFacts, remarks: string[]): boolean {
  const limit = Math.min(maxGoodsBytesOf(offer.product, offer.unitCount), budget.maxGoodsBytes);
  if (offer.sizeBytes <= limit) return false;
  remark(remarks, `${offer.product} on offer is larger than the limit of ${limit} bytes`);
  return true;
}

/**
 * Whether an offer may be what the agent has paid for already without having a note of it. While it can't be read what that was,
 * any goods of the seller at that price may be.
 */
function mayBeLost(offer: OfferFact, lost: MarketFacts['lost']): boolean {
  return lost.some(({ contentRoot, seller, amountAtomic }) =>
    contentRoot === undefined
      ? seller === offer.seller && amountAtomic === offer.priceAtomic
      : contentRoot === offer.contentRoot,
  );
}

function fillBasket(
  candidates: readonly Candidate[],
  { market, me }: Snapshot,
  habits: ShoppingHabits,
  remarks: string[],
): Extract<Intent, { type: 'request' }>[] {
  const unpaid = countUnpaid(market.trades);
  const boughtToday = countToday(market);
  let available = market.budget.availableAtomic;
  let endowment = market.budget.endowmentAtomic;
  const basket: Extract<Intent, { type: 'request' }>[] = [];
  const taken = new Set<string>();
  for (const { offer, want, liked } of candidates) {
    if (basket.length >= habits.perBeat) break;
    if (taken.has(offer.contentRoot)) continue;
    if ((unpaid.get(offer.seller) ?? 0) >= MAX_UNPAID_PER_SELLER) continue;
    if ((boughtToday.get(offer.product) ?? 0) >= want.perDay) {
      remark(remarks, `enough ${offer.product} for today (${want.perDay})`);
      continue;
    }
    const isBacklog = want.unit === 'day' && offer.unitCount > 1;
    if (offer.priceAtomic > endowment || (!isBacklog && offer.priceAtomic > available)) {
      remark(remarks, `${offer.product} at ${formatUsdc(offer.priceAtomic)} is over what is left today`);
      continue;
    }
    taken.add(offer.contentRoot);
    endowment -= offer.priceAtomic;
    if (!isBacklog) available -= offer.priceAtomic;
    unpaid.set(offer.seller, (unpaid.get(offer.seller) ?? 0) + 1);
    boughtToday.set(offer.product, (boughtToday.get(offer.product) ?? 0) + 1);
    const taste = liked.length > 0 ? `, for ${liked.join(' and ')}` : '';
    basket.push({
      type: 'request',
      offer: offer.id,
      seller: offer.seller,
      reason: `${offer.product} at ${formatUsdc(offer.priceAtomic)}, my limit is ${formatUsdc(limitFor(want, offer))}${taste}`,
    });
  }
  if (basket.length === 0 && market.budget.balanceAtomic <= me.manifest.spec.budget.reserve) {
    remark(remarks, `balance ${formatUsdc(market.budget.balanceAtomic)} is at the reserve: only selling`);
  }
  return basket;
}

interface History {
  readonly owned: ReadonlySet<string>;
  readonly busy: ReadonlySet<string>;
  readonly failures: ReadonlyMap<string, number>;
  /** Products owned or being bought, by subject. */
  readonly subjects: ReadonlyMap<string, ReadonlySet<string>>;
}

function readHistory(market: MarketFacts): History {
  const owned = new Set<string>();
  const busy = new Set<string>();
  const failures = new Map<string, number>();
  const subjects = new Map<string, Set<string>>();
  for (const trade of market.trades) {
    if (trade.side !== 'buyer') continue;
    if (trade.state === 'expired' || trade.state === 'refunded' || trade.state === 'disputed') {
      failures.set(trade.offer, (failures.get(trade.offer) ?? 0) + 1);
      continue;
    }
    if (isOpenState(trade.state)) busy.add(trade.offer);
    if (trade.contentRoot !== undefined) owned.add(trade.contentRoot);
    if (trade.subject !== '') {
      const products = subjects.get(trade.subject) ?? new Set<string>();
      subjects.set(trade.subject, products.add(trade.product));
    }
  }
  return { owned, busy, failures, subjects };
}

function scoreOffer(
  offer: OfferFact,
  want: ProductWanted,
  context: {
    readonly history: History;
    readonly verdicts: ReadonlyMap<string, string>;
    readonly habits: ShoppingHabits;
    readonly me: AgentName;
  },
): Candidate {
  const liked = want.topics.filter((topic) => offer.topics.includes(topic));
  const known = context.history.subjects.get(offer.subject);
  const limit = limitFor(want, offer);
  const headroom = limit === 0n ? 0 : Number(((limit - offer.priceAtomic) * 100n) / limit);
  let score = liked.length * 10_000 + headroom * 10;
  if (context.verdicts.get(offer.id) === 'passed') score += 2_000;
  if (context.habits.pairsSubjects) {
    if (known !== undefined && !known.has(offer.product)) score += 50_000;
    score += tieBreak(context.me, offer.subject) / 10;
  } else {
    if (known === undefined) score += 3_000;
    score += tieBreak(context.me, offer.id) / 10;
  }
  return { offer, want, score, liked };
}

function countUnpaid(trades: readonly TradeFact[]): Map<AgentName, number> {
  const counts = new Map<AgentName, number>();
  for (const trade of trades) {
    const unpaid = trade.state === 'requested' || trade.state === 'quoted' || trade.state === 'authorized';
    if (trade.side === 'buyer' && unpaid) counts.set(trade.counterparty, (counts.get(trade.counterparty) ?? 0) + 1);
  }
  return counts;
}

function countToday(market: MarketFacts): Map<string, number> {
  const counts = new Map<string, number>();
  for (const trade of market.trades) {
    const counted =
      trade.side === 'buyer' && trade.state !== 'expired' && trade.requestedAt >= market.budget.dayStartedAt;
    if (counted) counts.set(trade.product, (counts.get(trade.product) ?? 0) + 1);
  }
  return counts;
}

function remark(remarks: string[], text: string): void {
  if (!remarks.includes(text)) remarks.push(text);
}
