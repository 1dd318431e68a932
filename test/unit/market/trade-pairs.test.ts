import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTrades, tradesBought, tradesSold } from '../../../lib/market/notes/trade-pairs.ts';
import { tradeState } from '../../../lib/market/notes/trade-state.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { addressOf, chainOf, id32, NOW } from '../../support/snapshot.ts';
import {
  authorized,
  BUYER,
  buyerNote,
  chainTrade,
  pairOf,
  putBuyer,
  putSeller,
  quoteFor,
  requestOf,
  SELLER,
  SELLER_WALLET,
  sellerNote,
} from '../../support/trade-notes.ts';

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
    const [kept] = tradesSold(vaultOf(putBuyer(buyerNote()), putSeller(sellerNote())), chain, SELLER);
    const termsOf = ({ id, buyer, seller, chain }: NonNullable<typeof kept>) => {
      const { owner, product, offer, subject, amountAtomic, requestedAt, request } = buyer;
      return {
        id,
        seller,
        chain,
        owner,
        sold: buyer.seller,
        product,
        offer,
        subject,
        amountAtomic,
        requestedAt,
        request,
      };
    };
    fc.assert(
      fc.property(aRewrite, fc.boolean(), (rewrite, isDeleted) => {
        const notes = isDeleted ? [] : [putBuyer(buyerNote(rewrite))];
        const [pair, ...more] = tradesSold(vaultOf(...notes, putSeller(sellerNote())), chain, SELLER);
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
    expect(tradesBought(vault, undefined, BUYER)).toHaveLength(1);
    expect(tradesSold(vault, undefined, SELLER)).toHaveLength(1);
  });

  it('shows the seller its answer even where the buyer names another seller by now', () => {
    const vault = vaultOf(putBuyer(buyerNote({ seller: 'kk-other' })), putSeller(sellerNote()));
    expect(tradesSold(vault, undefined, SELLER)).toMatchObject([{ buyer: { seller: SELLER } }]);
  });
});

describe('the state of a trade', () => {
  it('is what the chain says, whatever the notes say', () => {
    for (const state of ['opened', 'revealed', 'settled', 'refunded', 'disputed'] as const) {
      const buyer = buyerNote({ closed: { state: 'expired', at: NOW } });
      expect(tradeState(pairOf({ buyer, chain: chainTrade(state) }), NOW, true)).toBe(state);
    }
  });

  it('is open again where a settled note has no record on chain', () => {
    const closed = { closed: { state: 'settled' as const, at: NOW } };
    const pair = pairOf({ buyer: buyerNote({ ...authorized(), ...closed }), seller: sellerNote(closed) });
    expect(tradeState(pair, NOW, true)).toBe('authorized');
    expect(tradeState(pair, NOW, true, 'seller')).toBe('authorized');
    expect(tradeState(pair, NOW, false)).toBe('settled');
  });

  it('stays authorized until the buyer has written that it expired, also when the seller says it declined', () => {
    const seller = sellerNote({ declined: { reason: 'no' }, quote: undefined });
    const pair = pairOf({ buyer: buyerNote(authorized()), seller });
    expect(tradeState(pair, NOW + 899, true)).toBe('authorized');
    expect(tradeState(pair, NOW + 2_000, true)).toBe('authorized');
    const closed = { state: 'expired' as const, at: NOW + 2_000 };
    expect(tradeState(pairOf({ buyer: buyerNote({ ...authorized(), closed }), seller }), NOW + 2_000, true)).toBe(
      'expired',
    );
  });

  it('is over for a seller that declined, whatever the buyer makes up', () => {
    const seller = sellerNote({ declined: { reason: 'no' }, quote: undefined });
    const made = quoteFor({ expiry: NOW + 9_000_000 });
    expect(tradeState(pairOf({ buyer: buyerNote(authorized(made)), seller }), NOW, true, 'seller')).toBe('expired');
  });

  it('goes from requested over quoted to authorized, and expires', () => {
    const quoted = pairOf({ seller: sellerNote() });
    expect(tradeState(pairOf(), NOW + 120, true)).toBe('requested');
    expect(tradeState(pairOf(), NOW + 121, true)).toBe('expired');
    expect(tradeState(quoted, NOW + 500, true)).toBe('quoted');
    expect(tradeState(quoted, NOW + 900, true)).toBe('expired');
    expect(tradeState(pairOf({ ...quoted, buyer: buyerNote(authorized()) }), NOW, true)).toBe('authorized');
  });

  it('looks the trade up under the wallets of the request that the seller keeps', () => {
    const stranger = requestOf({ seller: addressOf(0x666) });
    const vault = vaultOf(putBuyer(buyerNote({ request: stranger })), putSeller(sellerNote()));
    const chain = chainOf({}, [chainTrade('revealed')]);
    expect(tradesSold(vault, chain, SELLER)).toMatchObject([
      { chain: { state: 'revealed' }, buyer: { request: { seller: SELLER_WALLET } } },
    ]);
  });
});
