import { describe, expect, it } from 'vitest';
import type { EscrowState } from '../../../lib/core/chain.ts';
import { buyerTradeKind } from '../../../lib/market/notes/buyer-trade-note.ts';
import { sellerTradeKind } from '../../../lib/market/notes/seller-trade-note.ts';
import { tradePath } from '../../../lib/market/notes/trade-note.ts';
import { tradesInSight } from '../../../lib/market/notes/trades-in-sight.ts';
import { withoutHidden } from '../../../lib/vault/hidden.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { chainOf, NOW } from '../../support/snapshot.ts';
import {
  authorized,
  BUYER,
  buyerNote,
  chainTrade,
  putBuyer,
  putSeller,
  SELLER,
  sellerNote,
  TRADE_ID,
} from '../../support/trade-notes.ts';

const closed = { closed: { state: 'settled' as const, at: NOW } };
const pathOf = (owner: string) => tradePath(owner, NOW, TRADE_ID);

function vaultOf(...operations: Parameters<ReturnType<typeof memoryVault>['apply']>[0]) {
  const vault = memoryVault();
  vault.apply(operations);
  return vault.index();
}

describe('the notes of an agent in quarantine that stay in sight', () => {
  const quotedTo = (...changes: Parameters<typeof buyerNote>) =>
    vaultOf(putBuyer(buyerNote(...changes)), putSeller(sellerNote()));
  const on = (state: EscrowState | undefined) => chainOf({}, state === undefined ? [] : [chainTrade(state)]);

  it.each([
    ['requested or quoted', {}, undefined, false],
    ['authorized and not opened: it may open until the payment expires', authorized(), undefined, true],
    ['given up by the buyer', { ...authorized(), closed: { state: 'expired' as const, at: NOW } }, undefined, false],
    ['opened', authorized(), 'opened' as const, true],
    ['revealed', authorized(), 'revealed' as const, true],
    ['settled and not fetched', authorized(), 'settled' as const, true],
    ['settled and closed by the buyer', { ...authorized(), ...closed }, 'settled' as const, false],
  ])('of a seller, %s', (_, buyer, state, isInSight) => {
    const seen = tradesInSight(quotedTo(buyer), on(state), SELLER);
    expect([...seen]).toEqual(isInSight ? [pathOf(SELLER)] : []);
  });

  it.each([
    ['authorized and not opened: its seller opens nothing and loses nothing', sellerNote(), undefined, false],
    ['opened', sellerNote(), 'opened' as const, true],
    ['opened, though its seller says that it is over', sellerNote(closed), 'opened' as const, true],
    ['settled and not closed by the seller', sellerNote(), 'settled' as const, true],
    ['settled and closed by the seller', sellerNote(closed), 'settled' as const, false],
  ])('of a buyer, %s', (_, seller, state, isInSight) => {
    const vault = vaultOf(putBuyer(buyerNote(authorized())), putSeller(seller));
    expect([...tradesInSight(vault, on(state), BUYER)]).toEqual(isInSight ? [pathOf(BUYER)] : []);
  });

  it('are those that the counterparty has not closed while the chain can not be read', () => {
    const vault = vaultOf(putBuyer(buyerNote(authorized())), putSeller(sellerNote()));
    expect([...tradesInSight(vault, undefined, BUYER)]).toEqual([pathOf(BUYER)]);
    expect([...tradesInSight(quotedTo(closed), undefined, SELLER)]).toEqual([]);
  });
});

describe('a vault without an agent', () => {
  it('shows nothing of its folder but what stays in sight, and everything again without the hiding', () => {
    const memory = memoryVault();
    memory.apply([putBuyer(buyerNote()), putSeller(sellerNote())]);
    memory.files.set(`agents/${SELLER}/state.md`, 'text');
    memory.files.set(`agents/${SELLER}-2/state.md`, 'text');
    const whole = memory.index();
    const hidden = withoutHidden(whole, new Map([[SELLER, new Set<string>()]]));
    expect([hidden.notes(sellerTradeKind), hidden.notes(sellerTradeKind, SELLER)]).toEqual([[], []]);
    expect(hidden.note(sellerTradeKind, pathOf(SELLER))).toBeUndefined();
    expect(hidden.text(`agents/${SELLER}/state.md`)).toBeUndefined();
    expect(hidden.text(`agents/${SELLER}-2/state.md`)).toBe('text');
    expect(hidden.notes(buyerTradeKind)).toHaveLength(1);
    const kept = withoutHidden(whole, new Map([[SELLER, new Set([pathOf(SELLER)])]]));
    expect(kept.notes(sellerTradeKind)).toHaveLength(1);
    expect(kept.text(`agents/${SELLER}/state.md`)).toBeUndefined();
    expect(withoutHidden(whole, new Map())).toBe(whole);
  });
});
