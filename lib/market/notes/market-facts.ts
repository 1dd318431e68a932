import type { Address, Hex } from 'viem';
import { agentStateKind } from '../../core/agent-state.ts';
import type { ChainView } from '../../core/chain.ts';
import type { BudgetFact, MarketFacts, OfferFact, TradeFact } from '../../core/facts.ts';
import type { AgentName } from '../../core/ids.ts';
import type { Me } from '../../core/snapshot.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { verifyIdentity } from '../terms/identity.ts';
import { hashOffer, verifyOffer } from '../terms/offer.ts';
import { type OfferNote, offerKind } from './offer-note.ts';
import { type TradePair, tradesBought, tradesSold } from './trade-pairs.ts';
import { type RequestLens, requestsTo } from './trade-requests.ts';
import { tradeState } from './trade-state.ts';

/** What reading the market needs besides the senses of a beat. Shared by the agents of a host. */
export interface MarketLens extends RequestLens {
  /** The length of a day of budgets in seconds. */
  readonly daySeconds: number;
  /** Goods larger than this are not bought, in bytes. */
  readonly maxGoodsBytes: number;
}

const directories = new WeakMap<VaultIndex, Promise<ReadonlyMap<AgentName, Address>>>();

/** The wallets that agents state in their own folders and prove to be theirs, read once a head for all of a host. */
export function readDirectory(lens: MarketLens, vault: VaultIndex): Promise<ReadonlyMap<AgentName, Address>> {
  const known = directories.get(vault);
  if (known !== undefined) return known;
  const read = proveWallets(lens, vault);
  directories.set(vault, read);
  return read;
}

async function proveWallets(lens: MarketLens, vault: VaultIndex): Promise<ReadonlyMap<AgentName, Address>> {
  const directory = new Map<AgentName, Address>();
  for (const { data } of vault.notes(agentStateKind)) {
    const { owner: name, wallet, deliveryRecipient, walletProof } = data;
    const identity = { name, wallet, deliveryRecipient };
    const claim = claimOf(`${name} ${wallet} ${deliveryRecipient} ${walletProof}`);
    if (await verifyIdentity(lens.signatures, lens.domain, identity, walletProof, claim)) {
      directory.set(name, wallet);
    }
  }
  return directory;
}

const claims = new Map<string, object>();
const MOST_CLAIMS = 10_000;

/** One object for one claim: an agent's state is a new note at every beat, but its wallet is the one checked before. */
function claimOf(text: string): object {
  const known = claims.get(text);
  if (known !== undefined) return known;
  const oldest = claims.size >= MOST_CLAIMS ? claims.keys().next().value : undefined;
  if (oldest !== undefined) claims.delete(oldest);
  const claim = {};
  claims.set(text, claim);
  return claim;
}

/** Reads the market as an agent sees it. Offers that aren't signed by their seller don't exist for it. */
export async function readMarket(
  lens: MarketLens,
  senses: {
    readonly me: Me;
    readonly now: number;
    readonly vault: VaultIndex;
    readonly chain: ChainView | undefined;
  },
): Promise<{ readonly market: MarketFacts; readonly directory: ReadonlyMap<AgentName, Address> }> {
  const { me, now, vault, chain } = senses;
  const offers = await liveOffers(lens, vault);
  const bought = tradesBought(vault, chain, me.name);
  const directory = await readDirectory(lens, vault);
  const sales = tradesSold(vault, chain, me.name);
  const sold = sales.filter((pair) => pair.seller !== undefined);
  const fact = (side: 'buyer' | 'seller') => (pair: TradePair) => tradeFact(pair, side, now, chain !== undefined);
  const purchases = bought.map(fact('buyer'));
  return {
    directory,
    market: {
      offers: offers.filter((offer) => offer.seller !== me.name),
      myOffers: offers.filter((offer) => offer.seller === me.name),
      trades: [...purchases, ...sold.map(fact('seller'))],
      requests: await requestsTo(me, sales, { now, directory }, lens),
      budget: readBudget(me, bought, purchases, { now, lens, chain }),
    },
  };
}

const offersByHead = new WeakMap<VaultIndex, Promise<readonly OfferFact[]>>();
const factsByNote = new WeakMap<OfferNote, OfferFact>();

/** The vault's offers with good signatures, checked once a head for all agents of a host. */
export function liveOffers(lens: MarketLens, vault: VaultIndex): Promise<readonly OfferFact[]> {
  const known = offersByHead.get(vault);
  if (known !== undefined) return known;
  const read = readOffers(lens, vault);
  offersByHead.set(vault, read);
  return read;
}

async function readOffers(lens: MarketLens, vault: VaultIndex): Promise<readonly OfferFact[]> {
  const directory = await readDirectory(lens, vault);
  const offers: OfferFact[] = [];
  for (const { data, path } of vault.notes(offerKind)) {
    if (directory.get(data.owner) !== data.seller || !path.endsWith(`/${data.id}.md`)) continue;
    const known = factsByNote.get(data);
    if (known !== undefined) {
      offers.push(known);
      continue;
    }
    if (hashOffer(lens.domain, data) !== data.id || !(await verifyOffer(lens.signatures, lens.domain, data))) continue;
    const fact = offerFact(data);
    factsByNote.set(data, fact);
    offers.push(fact);
  }
  return offers;
}

function offerFact(note: OfferNote): OfferFact {
  return {
    id: note.id,
    seller: note.owner,
    product: note.product,
    subject: note.subject,
    title: note.title,
    topics: note.topics,
    priceAtomic: note.price,
    unitCount: note.unitCount,
    sizeBytes: note.size,
    createdAt: note.createdAt,
    contentRoot: note.contentRoot,
    contentDigest: note.contentDigest,
    orderKey: note.orderKey,
    inputs: note.inputs,
    forAgent: note.for,
    report: note.report,
  };
}

function tradeFact(pair: TradePair, side: 'buyer' | 'seller', now: number, chainSeen: boolean): TradeFact {
  const { buyer, seller } = pair;
  const state = tradeState(pair, now, chainSeen, side);
  return {
    id: pair.id,
    side,
    counterparty: side === 'buyer' ? buyer.seller : buyer.owner,
    product: buyer.product,
    offer: buyer.offer,
    subject: buyer.subject,
    contentRoot: side === 'seller' ? seller?.quote?.contentRoot : rootBought(pair),
    state,
    amountAtomic: buyer.amountAtomic,
    requestedAt: buyer.requestedAt,
    // A buyer keeps the quote that it pays for, and the one that came to nothing.
    isUndelivered:
      side === 'buyer' && state === 'expired' && buyer.quote !== undefined && buyer.authorization === undefined,
  };
}

/** What a buyer gets in a trade: what it noted itself counts, the seller's word only until then. */
function rootBought({ buyer, seller }: TradePair): Hex | undefined {
  const own = buyer.received ?? buyer.quote ?? buyer.promised;
  return own === undefined ? seller?.quote?.contentRoot : own.contentRoot;
}

function readBudget(
  me: Me,
  pairs: readonly TradePair[],
  trades: readonly TradeFact[],
  at: { readonly now: number; readonly lens: MarketLens; readonly chain: ChainView | undefined },
): BudgetFact {
  const { daily, reserve } = me.manifest.spec.budget;
  const { daySeconds, maxGoodsBytes } = at.lens;
  const day = Math.floor(at.now / daySeconds);
  const dayStartedAt = day * daySeconds;
  const balanceAtomic = at.chain?.usdcAtomic ?? 0n;
  let spentAtomic = 0n;
  let dailySpentAtomic = 0n;
  let committedAtomic = 0n;
  trades.forEach((trade, i) => {
    const opened = pairs[i]?.chain;
    const isBacklog = isBacklogPurchase(me, trade);
    if (trade.state === 'requested' || trade.state === 'quoted' || trade.state === 'authorized') {
      committedAtomic += trade.amountAtomic;
      if (!isBacklog) dailySpentAtomic += trade.amountAtomic;
    } else if (opened !== undefined && opened.state !== 'refunded' && opened.openedAt >= dayStartedAt) {
      spentAtomic += trade.amountAtomic;
      if (!isBacklog) dailySpentAtomic += trade.amountAtomic;
    }
  });
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

/** A backlog bundle is paid from what the agent got at birth, not from the budget of the day. */
function isBacklogPurchase(me: Me, trade: TradeFact): boolean {
  const want = me.manifest.spec.buys.find((line) => line.product === trade.product);
  return want?.unit === 'day' && trade.amountAtomic > want.maxPrice;
}

function atLeastZero(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}
