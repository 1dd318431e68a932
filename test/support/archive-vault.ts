import * as fc from 'fast-check';
import type { ChainTrade, EscrowState } from '../../lib/core/chain.ts';
import type { AgentName } from '../../lib/core/ids.ts';
import { archivePages } from '../../lib/host/archive/archive-pages.ts';
import type { ArchiveTimes } from '../../lib/market/archive/archive-rules.ts';
import { type ArchivePlan, planArchive } from '../../lib/market/archive/plan-archive.ts';
import type { BuyerTradeNote } from '../../lib/market/notes/buyer-trade-note.ts';
import type { SellerTradeNote } from '../../lib/market/notes/seller-trade-note.ts';
import type { TradeClosing } from '../../lib/market/notes/trade-note.ts';
import { escrowKey } from '../../lib/market/terms/quote.ts';
import type { MemoryVault } from './memory-vault.ts';
import { addressOf, chainOf, id32, NOW } from './snapshot.ts';
import {
  authorized,
  BUYER,
  BUYER_WALLET,
  buyerNote,
  chainTrade,
  confirmedBy,
  putBuyer,
  putSeller,
  quoteFor,
  requestOf,
  SELLER,
  SELLER_WALLET,
  sellerNote,
} from './trade-notes.ts';

/** The end of the archived period of these tests, and the times around it. */
export const TIMES: ArchiveTimes = { now: NOW + 100, until: NOW, leftAfterSeconds: 5000 };
export const WALLETS: ReadonlyMap<AgentName, `0x${string}`> = new Map([
  [BUYER, BUYER_WALLET],
  [SELLER, SELLER_WALLET],
]);

/** One trade as both sides' notes and the chain have it. */
export interface MadeTrade {
  readonly id: string;
  readonly buyer: BuyerTradeNote | undefined;
  readonly seller: SellerTradeNote | undefined;
  readonly chain: ChainTrade | undefined;
}

const ended: fc.Arbitrary<TradeClosing['state'] | undefined> = fc.constantFrom(
  'settled',
  'refunded',
  'disputed',
  'expired',
  undefined,
);

/** What can be told apart of a trade; `ago` and the other times are seconds before the end of the period. */
export const tradeShape = fc.record({
  chain: fc.constantFrom<EscrowState | undefined>('opened', 'revealed', 'settled', 'refunded', 'disputed', undefined),
  ago: fc.integer({ min: -200, max: 20_000 }),
  lasts: fc.integer({ min: 1, max: 8000 }),
  hasBuyer: fc.boolean(),
  sellerHas: fc.constantFrom('quote', 'decline', 'nothing'),
  isAuthorized: fc.boolean(),
  hasGoods: fc.boolean(),
  buyerClosed: ended,
  sellerClosed: ended,
  isForeign: fc.boolean(),
  amountAtomic: fc.constantFrom(50_000n, 60_000n),
});
export type TradeShape = typeof tradeShape extends fc.Arbitrary<infer Shape> ? Shape : never;

/** A trade that was paid for, and that both sides closed long before the period's end. */
export const SETTLED: TradeShape = {
  chain: 'settled',
  ago: 1000,
  lasts: 100,
  hasBuyer: true,
  sellerHas: 'quote',
  isAuthorized: true,
  hasGoods: true,
  buyerClosed: 'settled',
  sellerClosed: 'settled',
  isForeign: false,
  amountAtomic: 50_000n,
};

/** Makes the notes of a trade and its record on chain. */
export function makeTrade(seed: number, shape: TradeShape): MadeTrade {
  const id = id32(`trade ${seed}`);
  const requestedAt = TIMES.until - shape.ago;
  const deadline = requestedAt + shape.lasts;
  const request = requestOf({
    createdAt: requestedAt,
    quoteBy: deadline,
    ...(shape.isForeign ? { buyer: addressOf(0xbad) } : {}),
  });
  const quote = quoteFor({ tradeId: id, expiry: deadline, contentRoot: id32(`root ${seed}`) });
  const closed = (state: TradeClosing['state'] | undefined) =>
    state === undefined ? {} : { closed: { state, at: deadline }, state };
  const common = { id, requestedAt, request, offer: id32(`offer ${seed}`) } as const;
  const pays = shape.isAuthorized || shape.chain !== undefined;
  const buyer = buyerNote({
    ...common,
    ...(pays && shape.sellerHas === 'quote' ? authorized(quote) : {}),
    ...(shape.hasGoods && shape.chain !== undefined ? confirmedBy(quote) : {}),
    ...closed(shape.buyerClosed),
  });
  const seller = sellerNote({
    ...common,
    amountAtomic: shape.amountAtomic,
    ...(shape.sellerHas === 'quote' ? { quote } : { declined: { reason: 'not now' } }),
    ...closed(shape.sellerClosed),
  });
  const { quote: _quote, request: _request, ...declined } = seller;
  const key = escrowKey(request.buyer, request.seller, id);
  const state = shape.chain;
  return {
    id,
    buyer: shape.hasBuyer ? buyer : undefined,
    seller: shape.sellerHas === 'nothing' ? undefined : shape.sellerHas === 'quote' ? seller : declined,
    chain:
      state === undefined
        ? undefined
        : chainTrade(state, { key, trade: id, deadline, openedAt: requestedAt, txs: { [state]: id32(`tx ${seed}`) } }),
  };
}

/** Puts the notes of trades into a vault and returns the chain that has them. */
export function putTrades(vault: MemoryVault, trades: readonly MadeTrade[]) {
  for (const { buyer, seller } of trades) {
    if (buyer !== undefined) vault.apply([putBuyer(buyer)]);
    if (seller !== undefined) vault.apply([putSeller(seller)]);
  }
  return chainOf(
    { blockTime: TIMES.now },
    trades.flatMap(({ chain }) => (chain === undefined ? [] : [chain])),
  );
}

/** Archives what may move, as the host does, but for git. */
export async function archive(
  vault: MemoryVault,
  chain: ReturnType<typeof putTrades>,
  period = '2027-01',
): Promise<ArchivePlan> {
  const plan = await planArchive(vault.index(), chain, WALLETS, TIMES);
  if (plan.moved.length + plan.late.length === 0) return plan;
  vault.apply([...plan.moved, ...plan.late].map(({ path }) => ({ op: 'delete', path })));
  const facts = { id: period, until: TIMES.until, archivedAt: TIMES.now, commit: 'a'.repeat(40), logs: 0, files: 1 };
  vault.apply(archivePages(plan, facts).map((page) => ({ op: 'put', ...page })));
  return plan;
}
