import { describe, expect, it } from 'vitest';
import { runnable } from '../../../lib/core/flow.ts';
import type { VaultOperation } from '../../../lib/core/vault.ts';
import { createCoordinationFlow, type ReadNeeds } from '../../../lib/flows/coordination/coordination-flow.ts';
import { ledgerKind } from '../../../lib/flows/coordination/ledger-page.ts';
import { supplyChainKind } from '../../../lib/flows/coordination/supply-chain-page.ts';
import { tasksKind } from '../../../lib/flows/coordination/tasks-page.ts';
import { createTradeReader } from '../../../lib/market/notes/trade-reader.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { addressOf, chainOf, id32, manifestOf, meOf, offerFact, snapshotOf } from '../../support/snapshot.ts';
import {
  authorized,
  BUYER,
  BUYER_WALLET,
  buyerNote,
  chainTrade,
  putBuyer,
  SELLER,
  SELLER_WALLET,
} from '../../support/trade-notes.ts';

const need = { id: id32('need'), product: 'skill-profile', maxPriceAtomic: 50_000n, why: 'so' };

/** One beat of the coordinator on a vault; gives what it wrote. */
async function coordinate(vault: ReturnType<typeof memoryVault>, readNeeds: ReadNeeds = () => []) {
  const snapshot = snapshotOf({
    me: meOf(manifestOf('kk-coordinator', { role: 'coordinator' })),
    vault: vault.index(),
    chain: chainOf({}, [chainTrade('settled')]),
    directory: new Map([
      [BUYER, BUYER_WALLET],
      [SELLER, SELLER_WALLET],
      ['kk-liar', addressOf(0x1a)],
    ]),
    market: { offers: [1, 2, 3, 4, 5].map((seed) => offerFact(seed, { priceAtomic: BigInt(seed) * 10_000n })) },
  });
  const outcomes = await runnable(createCoordinationFlow(createTradeReader(), readNeeds)).plan(snapshot, []).perform();
  const operations: readonly VaultOperation[] = outcomes.flatMap((outcome) => outcome.operations);
  vault.apply(operations);
  return operations;
}

describe('the coordinator’s pages', () => {
  it('are written once and then only when their facts change', async () => {
    const vault = memoryVault();
    vault.apply([putBuyer(buyerNote(authorized()))]);
    expect((await coordinate(vault)).map(({ path }) => path)).toEqual([
      'shared/supply-chain.md',
      'shared/ledger.md',
      'shared/tasks.md',
    ]);
    expect(await coordinate(vault)).toEqual([]);
    expect((await coordinate(vault, () => [{ agent: BUYER, need }])).map(({ path }) => path)).toEqual([
      'shared/tasks.md',
    ]);
  });

  it('count a trade once and for its parties, whatever a stranger’s notes point at', async () => {
    const vault = memoryVault();
    const lies = [buyerNote({ owner: 'kk-liar' }), buyerNote({ owner: 'kk-liar', id: id32('other') })];
    vault.apply([putBuyer(buyerNote(authorized())), ...lies.map((lie) => putBuyer(lie))]);
    await coordinate(vault);
    const ledger = vault.index().note(ledgerKind, 'shared/ledger.md')?.data;
    expect(ledger).toMatchObject({ settledAtomic: 50_000n, inEscrowAtomic: 0n });
    expect(ledger?.accounts.map(({ agent, spentAtomic }) => [agent, spentAtomic])).toEqual([
      [BUYER, 50_000n],
      [SELLER, 0n],
    ]);
    const chain = vault.index().note(supplyChainKind, 'shared/supply-chain.md')?.data;
    expect(chain?.products).toMatchObject([{ product: 'skill-profile', sold: 1, buyers: [BUYER], sellers: [SELLER] }]);
  });

  it('match a need with the three cheapest offers that fit it, not with the needy agent’s own', async () => {
    const vault = memoryVault();
    await coordinate(vault, () => [
      { agent: BUYER, need: { ...need, maxPriceAtomic: 40_000n } },
      { agent: 'kk-seller', need },
    ]);
    const tasks = vault.index().note(tasksKind, 'shared/tasks.md')?.data;
    expect(tasks).toMatchObject({ open: 2, matched: 1 });
    expect(tasks?.tasks[0]?.offers.map(({ id }) => id)).toEqual([id32(1), id32(2), id32(3)]);
    expect(tasks?.tasks[1]?.offers).toEqual([]);
  });

  it('stay writable however many needs are stated', async () => {
    const vault = memoryVault();
    await coordinate(vault, () =>
      Array.from({ length: 2000 }, () => ({ agent: BUYER, need: { ...need, why: 'y'.repeat(200) } })),
    );
    expect(vault.index().note(tasksKind, 'shared/tasks.md')?.data.open).toBe(2000);
  });
});
