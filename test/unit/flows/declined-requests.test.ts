import { describe, expect, it } from 'vitest';
import { quote } from '../../../lib/flows/trade/perform-quote.ts';
import type { TradePorts } from '../../../lib/flows/trade/ports.ts';
import { sellerTradeKind } from '../../../lib/market/notes/seller-trade-note.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { id32, manifestOf, meOf, NOW, snapshotOf } from '../../support/snapshot.ts';
import {
  aPurchase,
  buyerNote,
  putSeller,
  requestOf,
  SELLER,
  SELLER_WALLET,
  sellerNote,
} from '../../support/trade-notes.ts';

/** A seller that has nothing on offer and answers as many requests as come. */
function aSeller() {
  const vault = memoryVault();
  const me = meOf(manifestOf(SELLER), SELLER_WALLET);
  let requests = 0;
  const ask = async (owner: string, now = NOW) => {
    requests += 1;
    const id = id32(`request ${requests}`);
    const request = requestOf({ createdAt: now, salt: id });
    const trade = aPurchase({ buyer: buyerNote({ id, owner, request, requestedAt: now }) });
    const snapshot = snapshotOf({ me, now, clock: now, vault: vault.index() });
    const outcome = await quote(trade, 'a request', snapshot, {} as TradePorts, 0);
    vault.apply(outcome?.operations ?? []);
    return outcome;
  };
  return { vault, ask };
}

const count = async (times: number, act: () => Promise<unknown>) => {
  let outcomes = 0;
  for (let i = 0; i < times; i += 1) if ((await act()) !== undefined) outcomes += 1;
  return outcomes;
};

describe('a buyer that asks for what a seller must decline, again and again', () => {
  it('fills no more than a little of the seller’s folder a day', async () => {
    const { vault, ask } = aSeller();
    expect(await count(200, () => ask('kk-hostile'))).toBe(32);
    expect(vault.index().notes(sellerTradeKind, SELLER)).toHaveLength(32);
    // Others are told, and so is this one on another day.
    expect(await count(1, () => ask('kk-honest'))).toBe(1);
    expect(await count(200, () => ask('kk-hostile', NOW + 86_401))).toBe(32);
  });

  it('is held against nobody who was quoted', async () => {
    const { vault, ask } = aSeller();
    for (let i = 0; i < 40; i += 1) vault.apply([putSeller(sellerNote({ id: id32(`sold ${i}`), buyer: 'kk-honest' }))]);
    expect(await count(1, () => ask('kk-honest'))).toBe(1);
  });
});
