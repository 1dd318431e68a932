import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumAtomic } from '../../../lib/core/money.ts';
import { shop } from '../../../lib/decisions/purchases.ts';
import { budgetOf, id32, manifestOf, meOf, NOW, offerFact, snapshotOf, tradeFact } from '../../support/snapshot.ts';

const HABITS = { perBeat: 8, pairsSubjects: false };

describe('the bounds of shopping', () => {
  it('keep what is paid for a backlog and all else above the reserve together', () => {
    const me = meOf(
      manifestOf('kk-me', {
        buys: [
          { product: 'raw-logs', maxPrice: '0.012', unit: 'day', sellers: ['kk-a'] },
          { product: 'skill-profile', maxPrice: '0.06' },
        ],
      }),
    );
    const run = (days: readonly number[], profiles: number, availableAtomic: bigint, more: bigint) => {
      const endowmentAtomic = availableAtomic + more;
      const offers = [
        ...days.map((unitCount, seed) =>
          offerFact(seed + 1, {
            seller: 'kk-a',
            product: 'raw-logs',
            unitCount,
            priceAtomic: 10_000n * BigInt(unitCount),
          }),
        ),
        ...Array.from({ length: profiles }, (_, seed) => offerFact(seed + 50, { seller: 'kk-b' })),
      ];
      const budget = budgetOf({ availableAtomic, endowmentAtomic });
      const { requests } = shop(snapshotOf({ me, market: { offers, budget } }), HABITS);
      const chosen = offers.filter(({ id }) => requests.some(({ offer }) => offer === id));
      expect(sumAtomic(chosen.map(({ priceAtomic }) => priceAtomic)) <= endowmentAtomic).toBe(true);
    };
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 20 }), { maxLength: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.bigInt(0n, 200_000n),
        fc.bigInt(0n, 200_000n),
        run,
      ),
    );
  });

  it('ask a seller for nothing more while four requests with it are unpaid', () => {
    const me = meOf(manifestOf('kk-me', { buys: [{ product: 'skill-profile', maxPrice: '0.06' }] }));
    const offers = [50, 51, 52].map((seed) => offerFact(seed, { seller: 'kk-a' }));
    const requested = (unpaid: number, state: 'requested' | 'quoted' | 'authorized') => {
      const trades = Array.from({ length: unpaid }, (_, seed) =>
        tradeFact(seed, { counterparty: 'kk-a', offer: id32(seed), state, requestedAt: NOW - 100_000 }),
      );
      return shop(snapshotOf({ me, market: { offers, trades } }), HABITS).requests.length;
    };
    for (const state of ['requested', 'quoted', 'authorized'] as const) {
      expect([1, 2, 3, 4].map((unpaid) => requested(unpaid, state))).toEqual([3, 2, 1, 0]);
    }
  });
});
