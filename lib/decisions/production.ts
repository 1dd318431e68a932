import type { OfferFact, OrderFact } from '../core/facts.ts';
import type { OfferId } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import type { ProductForSale } from '../core/manifest.ts';
import { formatUsdc } from '../core/money.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** The maximum number of goods made in one beat, so that beats stay short; the rest follows in the next ones. */
const MAKES_PER_BEAT = 6;
/** The default maximum of live offers of one product. Products sold by the day have no such limit. */
const MAX_LIVE_PIECES = 40;

type Make = Extract<Intent, { type: 'make' }>;

/** What to make, which offers to withdraw, and why something is not made. */
export interface Production {
  readonly intents: readonly Intent[];
  readonly remarks: readonly string[];
}

/**
 * Chooses what to make and offer: every order that is not on offer yet, highest rank first, never below its share of
 * the cost. Also chooses which out-of-date offers to withdraw.
 */
export function planProduction(snapshot: Snapshot): Production {
  const intents: Intent[] = [];
  const remarks: string[] = [];
  for (const line of snapshot.me.manifest.spec.sells) {
    const live = snapshot.market.myOffers.filter((offer) => offer.product === line.product);
    const orders = snapshot.work.orders.filter((order) => order.product === line.product);
    const made = makes(line, live, orders, remarks, MAKES_PER_BEAT - intents.filter(isMake).length);
    const superseded = new Set(made.flatMap(({ supersedes }) => supersedes ?? []));
    intents.push(...withdrawals(line, live, orders, superseded, snapshot), ...made);
  }
  return { intents, remarks };
}

function makes(
  line: ProductForSale,
  live: readonly OfferFact[],
  orders: readonly OrderFact[],
  remarks: string[],
  limit: number,
): Make[] {
  const offered = new Set(live.map((offer) => offer.orderKey));
  const bySubject = new Map(live.map((offer) => [offer.subject, offer]));
  const room = line.maxLive ?? (line.unit === 'piece' ? MAX_LIVE_PIECES : Number.POSITIVE_INFINITY);
  let count = live.length;
  let crowdedOut = 0;
  const chosen: Make[] = [];
  const subjects = new Set<string>();
  for (const order of [...orders].sort((a, b) => b.rank - a.rank || (a.key < b.key ? -1 : 1))) {
    if (chosen.length >= limit) break;
    if (offered.has(order.key) || subjects.has(order.subject)) continue;
    const supersedes = line.unit === 'piece' ? bySubject.get(order.subject)?.id : undefined;
    if (supersedes === undefined && count >= room) {
      crowdedOut += 1;
      continue;
    }
    const priceAtomic = line.unit === 'day' ? line.price * BigInt(order.unitCount) : line.price;
    const costAtomic = costOf(order, line);
    if (priceAtomic < costAtomic && !line.sellBelowCost) {
      remarks.push(
        `${order.title} would cost ${formatUsdc(costAtomic)} and sell for ${formatUsdc(priceAtomic)}: not made`,
      );
      continue;
    }
    if (supersedes === undefined) count += 1;
    if (line.unit === 'piece') subjects.add(order.subject);
    const why = supersedes === undefined ? 'not on offer yet' : 'newer than what is on offer';
    chosen.push({
      type: 'make',
      order: order.key,
      product: order.product,
      priceAtomic,
      supersedes,
      reason: `${order.title}: ${why}, ${formatUsdc(priceAtomic)} covers its cost of ${formatUsdc(costAtomic)}`,
    });
  }
  if (crowdedOut > 0) {
    remarks.push(`no room for ${crowdedOut} more of ${line.product}: ${room} on offer at once is the limit`);
  }
  return chosen;
}

/** The minimum price of a sale: the order's share of its inputs' cost divided by the expected sales, rounded up. */
function costOf(order: OrderFact, line: ProductForSale): bigint {
  const sales = BigInt(line.expectedSales);
  return (order.inputCostAtomic + sales - 1n) / sales;
}

/**
 * Withdraws out-of-date offers: those of whose inputs none is current, those that are no longer among the orders, and
 * those with an input that is gone, unless this beat supersedes them with a newer version.
 */
function withdrawals(
  line: ProductForSale,
  live: readonly OfferFact[],
  orders: readonly OrderFact[],
  superseded: ReadonlySet<OfferId>,
  { work }: Snapshot,
): Intent[] {
  if (!work.complete) return [];
  const subjects = new Set(orders.map((order) => order.subject));
  const reasonFor = (offer: OfferFact): string | undefined => {
    const { inputs } = offer;
    if (inputs.some((input) => !work.inputs.has(input) && !work.past.has(input))) {
      return 'an input that it was made from was changed or removed';
    }
    if (inputs.length > 0 && !inputs.some((input) => work.inputs.has(input))) {
      return 'all inputs that it was made from are out of date';
    }
    const isGone = line.unit === 'piece' && offer.report === undefined && !subjects.has(offer.subject);
    return isGone ? 'it is no longer worth making' : undefined;
  };
  return live.flatMap((offer): Intent[] => {
    const reason = superseded.has(offer.id) ? undefined : reasonFor(offer);
    return reason === undefined ? [] : [{ type: 'withdraw', offer: offer.id, reason: `${offer.title}: ${reason}` }];
  });
}

function isMake(intent: Intent): intent is Make {
  return intent.type === 'make';
}
