import { describe, expect, it } from 'vitest';
import type { ChainView } from '../../../lib/core/chain.ts';
import { createHider } from '../../../lib/host/hider.ts';
import { sellerTradeKind } from '../../../lib/market/notes/seller-trade-note.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { chainOf, NOW } from '../../support/snapshot.ts';
import {
  authorized,
  buyerNote,
  chainTrade,
  putBuyer,
  putSeller,
  SELLER,
  sellerNote,
} from '../../support/trade-notes.ts';

/** A vault with one trade of a hidden seller, and a chain whose blocks the test makes. */
function world() {
  const vault = memoryVault();
  vault.apply([putBuyer(buyerNote(authorized())), putSeller(sellerNote())]);
  let block = 1n;
  let looks = 0;
  let trades = [chainTrade('settled')];
  const hide = createHider(async (): Promise<ChainView> => {
    const chain = chainOf({ blockNumber: block }, trades);
    const trade: ChainView['trade'] = (key) => {
      looks += 1;
      return chain.trade(key);
    };
    return { ...chain, trade };
  });
  return {
    vault,
    hide,
    looks: () => looks,
    mine: (now: typeof trades) => {
      block += 1n;
      trades = now;
    },
  };
}

describe('the vault without an agent in quarantine', () => {
  it('is computed once a block, and is the same object as long as the same is in sight', async () => {
    const { vault, hide, looks, mine } = world();
    const index = vault.index();
    const first = await hide(index, [SELLER]);
    const afterOne = looks();
    expect(afterOne).toBeGreaterThan(0);
    for (const _ of [1, 2, 3]) expect(await hide(index, [SELLER])).toBe(first);
    expect(looks()).toBe(afterOne);
    mine([chainTrade('settled')]);
    expect(await hide(index, [SELLER])).toBe(first);
    expect(looks()).toBeGreaterThan(afterOne);
  });

  it('changes with the chain, with the notes and with who is hidden', async () => {
    const { vault, hide, mine } = world();
    const index = vault.index();
    const sees = async (name: string) => (await hide(index, [name])).notes(sellerTradeKind).length;
    expect(await sees(SELLER)).toBe(1);
    expect(await sees('kk-other')).toBe(1);
    expect(await hide(index, [])).toBe(index);
    const closed = { closed: { state: 'settled' as const, at: NOW } };
    vault.apply([putBuyer(buyerNote({ ...authorized(), ...closed }))]);
    const later = vault.index();
    expect((await hide(later, [SELLER])).notes(sellerTradeKind)).toEqual([]);
    mine([chainTrade('opened')]);
    expect((await hide(later, [SELLER])).notes(sellerTradeKind)).toHaveLength(1);
  });
});
