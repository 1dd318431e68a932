import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTrades } from '../../../lib/market/notes/trade-pairs.ts';
import { createTradeReader } from '../../../lib/market/notes/trade-reader.ts';
import { tradeState } from '../../../lib/market/notes/trade-state.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { addressOf, chainOf, id32, NOW } from '../../support/snapshot.ts';
import {
  aPurchase,
  aSale,
  authorized,
  BUYER,
  buyerNote,
  chainTrade,
  putBuyer,
  putSeller,
  quoteFor,
  requestOf,
  SELLER,
  SELLER_WALLET,
  sellerNote,
} from '../../support/trade-notes.ts';

const trades = createTradeReader();

function vaultOf(...operations: Parameters<ReturnType<typeof memoryVault>['apply']>[0]) {
  const vault = memoryVault();
  vault.apply(operations);
  return vault.index();
}

const aRewrite = fc.record(
  {
    seller: fc.constantFrom('kk-other', SELLER),
    product: fc.constantFrom('voice-profile', 'skill-profile'),
    offer: fc.constantFrom(id32(1), id32(2)),
    subject: fc.constant('somebody else'),
    amountAtomic: fc.bigInt(0n, 10n ** 12n),
    request: fc.constant(requestOf({ seller: addressOf(0x666), buyer: addressOf(0x667), quoteBy: 0 })),
    quote: fc.constant(quoteFor({ amount: 1n, expiry: NOW + 9_000_000 })),
  },
  { requiredKeys: [] },
);

describe('the pair of a trade', () => {
  it('keeps its terms for the seller whatever the buyer writes once it has a quote', () => {
    const chain = chainOf({}, [chainTrade('opened')]);
    const [kept] = trades.sold(vaultOf(putBuyer(buyerNote()), putSeller(sellerNote())), chain, SELLER);
    const termsOf = ({ side, id, terms, request, seller, chain }: NonNullable<typeof kept>) => {
      return { side, id, terms, request, seller, chain };
    };
    fc.assert(
      fc.property(aRewrite, fc.boolean(), (rewrite, isDeleted) => {
        const notes = isDeleted ? [] : [putBuyer(buyerNote(rewrite))];
        const [pair, ...more] = trades.sold(vaultOf(...notes, putSeller(sellerNote())), chain, SELLER);
        expect(more).toEqual([]);
        expect(pair && termsOf(pair)).toEqual(kept && termsOf(kept));
      }),
    );
  });

  it('is one for each trade: copies of a note elsewhere in the folder are none', () => {
    const copies = ['2020-01', '2021-02'].map((month) =>
      putBuyer(buyerNote(), `agents/${BUYER}/trades/${month}/${id32(`copy ${month}`)}.md`),
    );
    const vault = vaultOf(putBuyer(buyerNote()), ...copies);
    expect(allTrades(vault, undefined)).toHaveLength(1);
    expect(trades.bought(vault, undefined, BUYER)).toHaveLength(1);
    expect(trades.sold(vault, undefined, SELLER)).toHaveLength(1);
  });

  it('shows the seller its answer even where the buyer names another seller by now', () => {
    const vault = vaultOf(putBuyer(buyerNote({ seller: 'kk-other' })), putSeller(sellerNote()));
    expect(trades.sold(vault, undefined, SELLER)).toMatchObject([{ side: 'seller', terms: { seller: SELLER } }]);
  });

  it('says which side left no note, and makes nothing up in its place', () => {
    const declined = sellerNote({ request: undefined, quote: undefined, declined: { reason: 'no' } });
    const chain = chainOf({}, [chainTrade('settled')]);
    const [alone] = trades.sold(vaultOf(putSeller(declined)), chain, SELLER);
    expect(alone).toMatchObject({ side: 'seller', buyer: undefined, request: undefined, chain: undefined });
    const [unanswered] = trades.sold(vaultOf(putBuyer(buyerNote())), chain, SELLER);
    expect(unanswered).toMatchObject({ side: 'buyer', seller: undefined, terms: { buyer: BUYER, seller: SELLER } });
    expect(trades.bought(vaultOf(putSeller(sellerNote())), chain, BUYER)).toEqual([]);
  });

  it('is found on chain by the request that the seller kept when the buyer’s note is gone', () => {
    const chain = chainOf({}, [chainTrade('revealed')]);
    expect(trades.sold(vaultOf(putSeller(sellerNote())), chain, SELLER)).toMatchObject([
      { buyer: undefined, chain: { state: 'revealed' } },
    ]);
  });
});

describe('the state of a trade', () => {
  it('is what the chain says, whatever the notes say', () => {
    for (const state of ['opened', 'revealed', 'settled', 'refunded', 'disputed'] as const) {
      const notes = { buyer: buyerNote({ closed: { state: 'expired', at: NOW } }), chain: chainTrade(state) };
      expect(tradeState(aPurchase(notes), NOW, true)).toBe(state);
      expect(tradeState(aSale(notes), NOW, true)).toBe(state);
    }
  });

  it('is for a seller nothing that the chain says of a trade which it never quoted', () => {
    const seller = sellerNote({ quote: undefined, declined: { reason: 'no' } });
    expect(tradeState(aSale({ seller, chain: chainTrade('settled') }), NOW, true)).toBe('expired');
  });

  it('is open again where a settled note has no record on chain', () => {
    const closed = { closed: { state: 'settled' as const, at: NOW } };
    const notes = { buyer: buyerNote({ ...authorized(), ...closed }), seller: sellerNote(closed) };
    expect(tradeState(aPurchase(notes), NOW, true)).toBe('authorized');
    expect(tradeState(aSale(notes), NOW, true)).toBe('authorized');
    expect(tradeState(aPurchase(notes), NOW, false)).toBe('settled');
  });

  it('stays authorized until the buyer has written that it expired, also when the seller says it declined', () => {
    const seller = sellerNote({ declined: { reason: 'no' }, quote: undefined });
    const trade = aPurchase({ buyer: buyerNote(authorized()), seller });
    expect(tradeState(trade, NOW + 899, true)).toBe('authorized');
    expect(tradeState(trade, NOW + 2_000, true)).toBe('authorized');
    const closed = { state: 'expired' as const, at: NOW + 2_000 };
    expect(tradeState(aPurchase({ buyer: buyerNote({ ...authorized(), closed }), seller }), NOW + 2_000, true)).toBe(
      'expired',
    );
  });

  it('is over for a seller that declined, whatever the buyer makes up', () => {
    const seller = sellerNote({ declined: { reason: 'no' }, quote: undefined });
    const made = quoteFor({ expiry: NOW + 9_000_000 });
    expect(tradeState(aSale({ buyer: buyerNote(authorized(made)), seller }), NOW, true)).toBe('expired');
  });

  it('goes from requested over quoted to authorized, and expires', () => {
    const seller = sellerNote();
    expect(tradeState(aPurchase(), NOW + 120, true)).toBe('requested');
    expect(tradeState(aPurchase(), NOW + 121, true)).toBe('expired');
    for (const quoted of [aPurchase({ seller }), aSale({ seller })]) {
      expect(tradeState(quoted, NOW + 500, true)).toBe('quoted');
      expect(tradeState(quoted, NOW + 900, true)).toBe('expired');
    }
    expect(tradeState(aPurchase({ seller, buyer: buyerNote(authorized()) }), NOW, true)).toBe('authorized');
    expect(tradeState({ ...aSale({ seller }), buyer: undefined }, NOW, true)).toBe('quoted');
  });

  it('is the word of the notes that are left where the chain can’t be seen', () => {
    expect(tradeState({ ...aSale(), buyer: undefined }, NOW, false)).toBe('quoted');
    expect(tradeState(aPurchase(), NOW + 9000, false)).toBe('requested');
  });

  it('looks the trade up under the wallets of the request that the seller keeps', () => {
    const stranger = requestOf({ seller: addressOf(0x666) });
    const vault = vaultOf(putBuyer(buyerNote({ request: stranger })), putSeller(sellerNote()));
    const chain = chainOf({}, [chainTrade('revealed')]);
    expect(trades.sold(vault, chain, SELLER)).toMatchObject([
      { chain: { state: 'revealed' }, request: { seller: SELLER_WALLET } },
    ]);
  });
});
