import type { Hex } from 'viem';
import type { ChainView } from '../../core/chain.ts';
import type { BudgetFact, LostPurchase, TradeFact, TradeState } from '../../core/facts.ts';
import type { Me } from '../../core/snapshot.ts';
import type { Purchase, Sale } from './trade-pairs.ts';
import { tradeState } from './trade-state.ts';

/** The fact for policies about a trade in which the agent is the buyer. */
export function purchaseFact(purchase: Purchase, now: number, chainSeen: boolean): TradeFact {
  const { id, terms, buyer } = purchase;
  const { product, offer, subject, amountAtomic, requestedAt } = terms;
  const state = tradeState(purchase, now, chainSeen);
  return {
    id,
    side: 'buyer',
    counterparty: terms.seller,
    product,
    offer,
    subject,
    contentRoot: rootBought(purchase),
    state,
    amountAtomic,
    requestedAt,
    // A buyer keeps the quote that it pays for, and the one that it gave up.
    isUndelivered: state === 'expired' && buyer.quote !== undefined && buyer.authorization === undefined,
  };
}

/** The fact for policies about a trade in which the agent is the seller. */
export function saleFact(sale: Sale, now: number, chainSeen: boolean): TradeFact {
  const { id, terms, seller } = sale;
  const { product, offer, subject, amountAtomic, requestedAt } = terms;
  return {
    id,
    side: 'seller',
    counterparty: terms.buyer,
    product,
    offer,
    subject,
    contentRoot: seller.quote?.contentRoot,
    state: tradeState(sale, now, chainSeen),
    amountAtomic,
    requestedAt,
    isUndelivered: false,
  };
}

/** The content root of the goods in a trade: from the buyer's own note, or from the seller's quote until it is there. */
function rootBought({ buyer, seller }: Purchase): Hex | undefined {
  const own = buyer.received ?? buyer.quote ?? buyer.promised;
  return own === undefined ? seller?.quote?.contentRoot : own.contentRoot;
}

/** What a budget counts of a purchase besides its fact: when it was opened, if it was. */
interface Opening {
  readonly chain: { readonly state: TradeState; readonly openedAt: number } | undefined;
}

/** Computes an agent's budget. @param trades the facts of `purchases`, in the same order. */
export function readBudget(
  me: Me,
  purchases: readonly Opening[],
  trades: readonly TradeFact[],
  at: {
    readonly now: number;
    readonly daySeconds: number;
    readonly maxGoodsBytes: number;
    readonly chain: ChainView | undefined;
    readonly lost: readonly LostPurchase[];
  },
): BudgetFact {
  const { daily, reserve } = me.manifest.spec.budget;
  const { daySeconds, maxGoodsBytes } = at;
  const day = Math.floor(at.now / daySeconds);
  const dayStartedAt = day * daySeconds;
  const balanceAtomic = at.chain?.usdcAtomic ?? 0n;
  let spentAtomic = 0n;
  let dailySpentAtomic = 0n;
  let committedAtomic = 0n;
  trades.forEach((trade, i) => {
    const opened = purchases[i]?.chain;
    const isBacklog = isBacklogPurchase(me, trade);
    if (trade.state === 'requested' || trade.state === 'quoted' || trade.state === 'authorized') {
      committedAtomic += trade.amountAtomic;
      if (!isBacklog) dailySpentAtomic += trade.amountAtomic;
    } else if (opened !== undefined && opened.state !== 'refunded' && opened.openedAt >= dayStartedAt) {
      spentAtomic += trade.amountAtomic;
      if (!isBacklog) dailySpentAtomic += trade.amountAtomic;
    }
  });
  for (const { amountAtomic, openedAt } of at.lost) {
    if (openedAt < dayStartedAt) continue;
    spentAtomic += amountAtomic;
    dailySpentAtomic += amountAtomic;
  }
  const endowmentAtomic = atLeastZero(balanceAtomic - reserve - committedAtomic);
  const leftToday = atLeastZero(daily - dailySpentAtomic);
  return {
    day,
    dayStartedAt,
    dailyAtomic: daily,
    reserveAtomic: reserve,
    balanceAtomic,
    spentAtomic,
    committedAtomic,
    maxGoodsBytes,
    availableAtomic: leftToday < endowmentAtomic ? leftToday : endowmentAtomic,
    endowmentAtomic,
  };
}

/** Whether a trade is for a backlog bundle, which is paid from the birth grant and not from the daily budget. */
function isBacklogPurchase(me: Me, trade: TradeFact): boolean {
  const want = me.manifest.spec.buys.find((line) => line.product === trade.product);
  return want?.unit === 'day' && trade.amountAtomic > want.maxPrice;
}

function atLeastZero(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}
