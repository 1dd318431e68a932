import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TradeFact } from '../../../../lib/core/facts.ts';
import type { VaultIndex } from '../../../../lib/core/vault.ts';
import { ledgerOf } from '../../../../lib/flows/coordination/ledger-page.ts';
import { supplyChainOf } from '../../../../lib/flows/coordination/supply-chain-page.ts';
import { recordsOf, totalsOf } from '../../../../lib/host/machine/count-trades.ts';
import { MOST_UNPAID_OF_AN_OWNER } from '../../../../lib/market/archive/plan-archive.ts';
import { archivedFact } from '../../../../lib/market/notes/archived-trade.ts';
import { goodsReceived } from '../../../../lib/market/notes/goods-received.ts';
import { purchaseFact, saleFact } from '../../../../lib/market/notes/market-facts.ts';
import { tradePath } from '../../../../lib/market/notes/trade-note.ts';
import { createTradeReader } from '../../../../lib/market/notes/trade-reader.ts';
import {
  archive,
  type MadeTrade,
  makeTrade,
  putTrades,
  SETTLED,
  TIMES,
  type TradeShape,
  tradeShape,
} from '../../../support/archive-vault.ts';
import { type MemoryVault, memoryVault } from '../../../support/memory-vault.ts';
import { BUYER, putBuyer, SELLER } from '../../../support/trade-notes.ts';

type Chain = ReturnType<typeof putTrades>;

const shapes = fc.array(tradeShape, { minLength: 1, maxLength: 12 });
const madeOf = (some: readonly TradeShape[]) => some.map((shape, seed) => makeTrade(seed, shape));

/** All that is folded of a vault's trades, in one order. */
function folded(vault: VaultIndex, chain: Chain, isForeign: (id: string) => boolean = () => false) {
  const reader = createTradeReader();
  const { now } = TIMES;
  const past = reader.archived(vault);
  const facts = (side: TradeFact['side'], name: string): readonly TradeFact[] => [
    ...past.of(side, name).map((trade) => archivedFact(trade, side)),
    ...(side === 'buyer'
      ? reader.bought(vault, chain, name).map((trade) => purchaseFact(trade, now, true))
      : reader
          .sold(vault, chain, name)
          .flatMap((trade) => (trade.side === 'seller' ? [saleFact(trade, now, true)] : []))),
  ];
  const records = reader.records(vault, chain, now);
  return {
    bought: sorted(facts('buyer', BUYER).filter(({ id }) => !isForeign(id))),
    sold: sorted(facts('seller', SELLER)),
    goods: sorted([...goodsReceived(vault, BUYER)].map((goods) => ({ ...goods, id: goods.digest + goods.offer }))),
    totals: totalsOf(recordsOf(vault, chain)),
    ledger: ledgerOf('kk-coordinator', vault, records),
    supply: supplyChainOf('kk-coordinator', vault, records),
  };
}

function sorted<Item extends { readonly id: string }>(items: readonly Item[]): readonly Item[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function vaultOf(trades: readonly MadeTrade[]): { readonly vault: MemoryVault; readonly chain: Chain } {
  const vault = memoryVault();
  return { vault, chain: putTrades(vault, trades) };
}

/** Whether the facts may call a trade `expired` that its notes call open: its parties left it and nothing can happen any more. */
const asEnded = <Fact extends { readonly state: string }>(fact: Fact): Fact =>
  fact.state === 'requested' || fact.state === 'quoted' || fact.state === 'authorized'
    ? { ...fact, state: 'expired' }
    : fact;

describe('what moves to the archive', () => {
  it('is never a trade that is open on chain, of a time after the period, or still payable', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (some) => {
        const trades = madeOf(some);
        const { vault, chain } = vaultOf(trades);
        const moved = new Set((await archive(vault, chain)).moved.map(({ path }) => path));
        for (const { buyer, seller, chain: onChain } of trades) {
          // Nobody can tell which trade on chain a request was for that neither side kept.
          if (buyer === undefined && seller?.request === undefined) continue;
          const isOpen = onChain?.state === 'opened' || onChain?.state === 'revealed';
          const isPayable = buyer?.authorization !== undefined && !onChain && (buyer.quote?.expiry ?? 0) >= TIMES.until;
          for (const note of [buyer, seller]) {
            if (note === undefined) continue;
            const isMoved = moved.has(tradePath(note.owner, note.requestedAt, note.id));
            if (isOpen || isPayable || note.requestedAt >= TIMES.until) expect(isMoved).toBe(false);
          }
        }
      }),
    );
  });

  it('changes nothing that is folded of trades: what is owned, reputation, totals and the books', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (some) => {
        const trades = madeOf(some);
        const { vault, chain } = vaultOf(trades);
        // What somebody says of a trade of another's wallet is no fact to keep.
        const foreign = new Set(trades.filter((_, at) => some[at]?.isForeign).map(({ id }) => id));
        const isForeign = (id: string) => foreign.has(id);
        const before = folded(vault.index(), chain, isForeign);
        await archive(vault, chain);
        const after = folded(vault.index(), chain, isForeign);
        expect({
          ...after,
          totals: undefined,
          bought: after.bought.map(asEnded),
          sold: after.sold.map(asEnded),
        }).toEqual({
          ...before,
          totals: undefined,
          bought: before.bought.map(asEnded),
          sold: before.sold.map(asEnded),
        });
        const { open, expired, ...others } = before.totals;
        expect(after.totals).toMatchObject(others);
        expect(after.totals.open + after.totals.expired).toBe(open + expired);
      }),
    );
  });

  it('is nothing the second time', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (some) => {
        const trades = madeOf(some);
        const { vault, chain } = vaultOf(trades);
        await archive(vault, chain);
        const files = [...vault.files];
        const again = await archive(vault, chain, '2027-02');
        expect(again.moved).toEqual([]);
        expect(again.late).toEqual([]);
        expect([...vault.files]).toEqual(files);
      }),
    );
  });

  it('is not there again when a late write puts a note back: it counts once, and goes with the next period', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.boolean(), async (some, isChanged) => {
        const trades = madeOf(some);
        const { vault, chain } = vaultOf(trades);
        await archive(vault, chain);
        const before = folded(vault.index(), chain);
        for (const { buyer } of trades) {
          if (buyer !== undefined) vault.apply([putBuyer(isChanged ? { ...buyer, amountAtomic: 1n } : buyer)]);
        }
        expect(before.bought.length).toBe(folded(vault.index(), chain).bought.length);
        const put = vault.files.size;
        const { moved, late } = await archive(vault, chain, '2027-02');
        expect(late.length).toBeLessThanOrEqual(put);
        expect(new Set(moved.map(({ path }) => path)).size).toBe(moved.length);
        expect(folded(vault.index(), chain).totals.requested).toBe(before.totals.requested);
      }),
    );
  });

  it('has one record for a trade on which both sides agree, and one for each where they differ', async () => {
    const agreed = vaultOf([makeTrade(1, SETTLED)]);
    expect((await archive(agreed.vault, agreed.chain)).trades.map(({ of }) => of)).toEqual(['both']);
    const differing = vaultOf([makeTrade(1, { ...SETTLED, amountAtomic: 60_000n })]);
    expect((await archive(differing.vault, differing.chain)).trades.map(({ of }) => of)).toEqual(['buyer', 'seller']);
  });

  it('waits for a side that hasn’t closed its note, but not for ever', async () => {
    const open = { ...SETTLED, sellerClosed: undefined };
    const recent = vaultOf([makeTrade(1, open)]);
    expect((await archive(recent.vault, recent.chain)).moved).toEqual([]);
    const left = vaultOf([makeTrade(1, { ...open, ago: 200 + TIMES.leftAfterSeconds })]);
    expect((await archive(left.vault, left.chain)).moved).toHaveLength(2);
  });

  it('is nothing of a note whose request another wallet signed', async () => {
    const { vault, chain } = vaultOf([makeTrade(1, { ...SETTLED, isForeign: true, sellerHas: 'nothing' })]);
    expect((await archive(vault, chain)).moved).toEqual([]);
  });

  it('is bounded for trades that cost their maker nothing', async () => {
    const free: TradeShape = {
      ...SETTLED,
      chain: undefined,
      sellerHas: 'nothing',
      buyerClosed: 'expired',
      isAuthorized: false,
    };
    const { vault, chain } = vaultOf(
      Array.from({ length: MOST_UNPAID_OF_AN_OWNER + 3 }, (_, seed) => makeTrade(seed, free)),
    );
    expect((await archive(vault, chain)).moved).toHaveLength(MOST_UNPAID_OF_AN_OWNER);
  });
});
