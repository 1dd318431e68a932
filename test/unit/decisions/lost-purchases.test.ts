import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shop } from '../../../lib/decisions/purchases.ts';
import { id32, manifestOf, meOf, offerFact, snapshotOf } from '../../support/snapshot.ts';

const HABITS = { perBeat: 3, pairsSubjects: false };
const me = meOf(manifestOf('kk-me', { buys: [{ product: 'soul', maxPrice: '1', perDay: 10 }] }));
const offers = [1, 2, 3].map((n) => offerFact(n, { product: 'soul', priceAtomic: BigInt(n) * 1000n }));

it('buys nothing that the chain says it has paid for, though no note tells of it', () => {
  fc.assert(
    fc.property(fc.subarray(offers), fc.boolean(), (paid, isKnown) => {
      const lost = paid.map(({ contentRoot, seller, priceAtomic }) => ({
        seller,
        contentRoot: isKnown ? contentRoot : undefined,
        amountAtomic: priceAtomic,
        openedAt: 0,
      }));
      const asked = shop(snapshotOf({ me, market: { offers, lost } }), HABITS).requests.map(({ offer }) => offer);
      expect([...asked].sort()).toEqual(
        offers
          .filter((one) => !paid.includes(one))
          .map(({ id }) => id)
          .sort(),
      );
    }),
  );
});

it('buys other goods at the same price once it is known what was paid for', () => {
  const [first] = offers;
  const lost = [
    { seller: first?.seller, contentRoot: id32('other'), amountAtomic: first?.priceAtomic ?? 0n, openedAt: 0 },
  ];
  expect(shop(snapshotOf({ me, market: { offers, lost } }), HABITS).requests).toHaveLength(offers.length);
});
