import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpenState, type OfferFact, TRADE_STATES, type TradeFact } from '../../../lib/core/facts.ts';
import { maxGoodsBytesOf } from '../../../lib/core/goods-bounds.ts';
import { sumAtomic } from '../../../lib/core/money.ts';
import type { Snapshot } from '../../../lib/core/snapshot.ts';
import { limitFor, shop } from '../../../lib/decisions/purchases.ts';
import { budgetOf, id32, manifestOf, meOf, NOW, offerFact, snapshotOf, tradeFact } from '../../support/snapshot.ts';

const SELLERS = ['kk-a', 'kk-b', 'kk-c'];
const PRODUCTS = ['skill-profile', 'voice-profile', 'raw-logs'];

const buys = [
  { product: 'skill-profile', maxPrice: '0.06', perDay: 5, topics: ['rust', 'music'] },
  { product: 'voice-profile', maxPrice: '0.05', perDay: 3, sellers: ['kk-a', 'kk-b'] },
  { product: 'raw-logs', maxPrice: '0.012', unit: 'day', perDay: 4 },
];
const me = meOf(manifestOf('kk-me', { buys }));

const anOffer = fc
  .record({
    seed: fc.integer({ min: 1, max: 30 }),
    root: fc.integer({ min: 1, max: 12 }),
    seller: fc.constantFrom(...SELLERS),
    product: fc.constantFrom(...PRODUCTS),
    priceAtomic: fc.bigInt(0n, 90_000n),
    unitCount: fc.constantFrom(1, 1, 1, 4),
    topics: fc.subarray(['rust', 'music', 'cats']),
    forAgent: fc.constantFrom(undefined, undefined, 'kk-me', 'kk-other'),
    isReport: fc.boolean(),
    about: fc.integer({ min: 1, max: 30 }),
    sizeBytes: fc.constantFrom(
      1,
      2000,
      32 * 1024,
      32 * 1024 + 1,
      9 * 1024 * 1024,
      64 * 1024 * 1024,
      64 * 1024 * 1024 + 1,
      5e12,
    ),
    verdict: fc.constantFrom('passed' as const, 'failed' as const),
  })
  .map(({ seed, root, isReport, about, verdict, ...rest }) =>
    offerFact(seed, {
      ...rest,
      ...(isReport && seed % 2 === 0 && { seller: 'kk-validator' }),
      contentRoot: id32(`root ${root}`),
      report: isReport && seed % 5 === 0 ? { offer: id32(about), verdict } : undefined,
    }),
  );

const aTrade = fc
  .record({
    seed: fc.integer({ min: 1, max: 30 }),
    root: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    side: fc.constantFrom('buyer' as const, 'buyer' as const, 'seller' as const),
    counterparty: fc.constantFrom(...SELLERS),
    product: fc.constantFrom(...PRODUCTS),
    state: fc.constantFrom(...TRADE_STATES),
    requestedAt: fc.constantFrom(NOW - 10, NOW - 100_000),
  })
  .map(({ seed, root, ...rest }) =>
    tradeFact(seed, { ...rest, contentRoot: root === undefined ? undefined : id32(`root ${root}`) }),
  );

const aSnapshot = fc
  .record({
    offers: fc.uniqueArray(anOffer, { selector: ({ id }) => id, maxLength: 25 }),
    trades: fc.array(aTrade, { maxLength: 15 }),
    left: fc.bigInt(0n, 300_000n),
    more: fc.bigInt(0n, 200_000n),
  })
  .map(({ offers, trades, left, more }) =>
    snapshotOf({
      me,
      market: { offers, trades, budget: budgetOf({ availableAtomic: left, endowmentAtomic: left + more }) },
    }),
  );

const habits = fc.record({ perBeat: fc.integer({ min: 1, max: 8 }), pairsSubjects: fc.boolean() });

function requested(snapshot: Snapshot, perBeat = 8, pairsSubjects = false): readonly OfferFact[] {
  const { requests } = shop(snapshot, { perBeat, pairsSubjects });
  return requests.flatMap(({ offer }) => snapshot.market.offers.filter(({ id }) => id === offer));
}

function mine(snapshot: Snapshot): readonly TradeFact[] {
  return snapshot.market.trades.filter(({ side }) => side === 'buyer');
}

function always(law: (snapshot: Snapshot, chosen: readonly OfferFact[]) => void): void {
  fc.assert(
    fc.property(aSnapshot, habits, (snapshot, { perBeat, pairsSubjects }) =>
      law(snapshot, requested(snapshot, perBeat, pairsSubjects)),
    ),
    { numRuns: 400 },
  );
}

describe('shopping', () => {
  it('never spends more than is left of the day, nor more than lies above the reserve', () => {
    always(({ market }, chosen) => {
      const daily = chosen.filter(({ product, unitCount }) => product !== 'raw-logs' || unitCount === 1);
      expect(sumAtomic(daily.map(({ priceAtomic }) => priceAtomic)) <= market.budget.availableAtomic).toBe(true);
      const all = sumAtomic(chosen.map(({ priceAtomic }) => priceAtomic));
      expect(all <= market.budget.endowmentAtomic).toBe(true);
    });
  });

  it('never pays more than its limit, and buys only what it wants from whom it wants', () => {
    always((_, chosen) => {
      for (const offer of chosen) {
        const want = me.manifest.spec.buys.find(({ product }) => product === offer.product);
        expect(want).toBeDefined();
        if (want === undefined) continue;
        expect(offer.priceAtomic <= limitFor(want, offer)).toBe(true);
        expect(want.sellers?.includes(offer.seller) ?? true).toBe(true);
        expect(offer.forAgent ?? me.name).toBe(me.name);
      }
    });
  });

  it('never asks for goods over the largest size, and says why', () => {
    always(({ market }, chosen) => {
      for (const { sizeBytes } of chosen) expect(sizeBytes).toBeLessThanOrEqual(market.budget.maxGoodsBytes);
    });
    // However many there are and whatever sizes they have: else a seller would write in the logs of others.
    const offers = [1, 2, 3].map((at) => offerFact(at, { sizeBytes: at * 5e12 }));
    expect(shop(snapshotOf({ me, market: { offers } }), { perBeat: 2, pairsSubjects: false })).toMatchObject({
      requests: [],
      remarks: ['skill-profile on offer is larger than the limit of 32768 bytes'],
    });
  });

  it('never asks for goods that are larger than their product ever is, and wants them still', () => {
    always((_, chosen) => {
      for (const { product, unitCount, sizeBytes } of chosen) {
        expect(sizeBytes).toBeLessThanOrEqual(maxGoodsBytesOf(product, unitCount));
      }
    });
    const bomb = snapshotOf({ me, market: { offers: [offerFact(1, { sizeBytes: 60 * 1024 * 1024 })] } });
    const { requests, unmet } = shop(bomb, { perBeat: 2, pairsSubjects: false });
    expect(requests).toEqual([]);
    expect(unmet.map(({ product }) => product)).toContain('skill-profile');
  });

  it('never has more than four unpaid requests with a seller', () => {
    always((snapshot, chosen) => {
      for (const seller of SELLERS) {
        const unpaid = mine(snapshot).filter(
          ({ counterparty, state }) => counterparty === seller && ['requested', 'quoted', 'authorized'].includes(state),
        ).length;
        const added = chosen.filter((offer) => offer.seller === seller).length;
        if (added > 0) expect(unpaid + added).toBeLessThanOrEqual(4);
      }
    });
  });

  it('never buys more of a product in a day than the manifest allows', () => {
    always((snapshot, chosen) => {
      for (const want of me.manifest.spec.buys) {
        const before = mine(snapshot).filter(
          ({ product, state, requestedAt }) =>
            product === want.product && state !== 'expired' && requestedAt >= snapshot.market.budget.dayStartedAt,
        ).length;
        const added = chosen.filter(({ product }) => product === want.product).length;
        if (added > 0) expect(before + added).toBeLessThanOrEqual(want.perDay);
      }
    });
  });

  it('never buys what it owns, what it is buying, or the same content twice at once', () => {
    always((snapshot, chosen) => {
      const kept = mine(snapshot).filter(({ state }) => state === 'settled' || isOpenState(state));
      const owned = new Set(kept.map(({ contentRoot }) => contentRoot));
      const busy = new Set(kept.filter(({ state }) => isOpenState(state)).map(({ offer }) => offer));
      for (const offer of chosen) {
        expect(owned.has(offer.contentRoot)).toBe(false);
        expect(busy.has(offer.id)).toBe(false);
      }
      expect(new Set(chosen.map(({ contentRoot }) => contentRoot)).size).toBe(chosen.length);
    });
  });

  it('requests nothing while the swarm winds down', () => {
    always((snapshot) => {
      expect(requested({ ...snapshot, draining: true })).toEqual([]);
    });
  });

  it('listens to no report but a trusted validator’s', () => {
    const report = { offer: id32(9), verdict: 'failed' as const };
    const offers = (seller: string) => [
      offerFact(9, { seller: 'kk-a' }),
      offerFact(8, { seller, product: 'x-report', report }),
    ];
    expect(requested(snapshotOf({ me, market: { offers: offers('kk-stranger') } }))).toHaveLength(1);
    expect(requested(snapshotOf({ me, market: { offers: offers('kk-validator') } }))).toEqual([]);
  });

  it('passes over what a validation report found wanting', () => {
    always(({ market }, chosen) => {
      const verdicts = new Map(
        market.offers.flatMap(({ report, seller }) =>
          report && seller === 'kk-validator' ? [[report.offer, report.verdict]] : [],
        ),
      );
      for (const { id } of chosen) expect(verdicts.get(id)).not.toBe('failed');
    });
  });

  it('keeps to the number of requests a beat', () => {
    fc.assert(
      fc.property(aSnapshot, habits, (snapshot, { perBeat, pairsSubjects }) => {
        expect(requested(snapshot, perBeat, pairsSubjects).length).toBeLessThanOrEqual(perBeat);
      }),
    );
  });

  it('avoids a seller that missed two reveals, until more trades with it went well', () => {
    const missed = [1, 2].map((seed) => tradeFact(seed, { counterparty: 'kk-a', state: 'refunded' }));
    const good = [3, 4].map((seed) => tradeFact(seed, { counterparty: 'kk-a' }));
    const offers = [offerFact(9, { seller: 'kk-a' })];
    expect(requested(snapshotOf({ me, market: { offers, trades: missed } }))).toEqual([]);
    expect(requested(snapshotOf({ me, market: { offers, trades: [...missed, ...good] } }))).toHaveLength(1);
  });

  it('avoids a seller whose quotes came to nothing only when they are many and nothing else speaks for it', () => {
    const lapsed = (times: number) =>
      Array.from({ length: times }, (_, seed) =>
        tradeFact(20 + seed, { counterparty: 'kk-a', state: 'expired', contentRoot: undefined, isUndelivered: true }),
      );
    const offers = [offerFact(9, { seller: 'kk-a' })];
    const count = (...trades: readonly TradeFact[]) => requested(snapshotOf({ me, market: { offers, trades } })).length;
    expect(count(...lapsed(7))).toBe(1);
    expect(count(...lapsed(8))).toBe(0);
    expect(count(...lapsed(8), ...[3, 4].map((seed) => tradeFact(seed, { counterparty: 'kk-a' })))).toBe(1);
    expect(count(...lapsed(4), tradeFact(3, { counterparty: 'kk-a', state: 'refunded' }))).toBe(0);
    expect(count(...lapsed(8).map((trade) => ({ ...trade, isUndelivered: false })))).toBe(1);
  });

  it('asks for an offer twice at most when nothing comes of it', () => {
    const offers = [offerFact(9)];
    const failed = (times: number) =>
      Array.from({ length: times }, () => tradeFact(9, { state: 'expired', contentRoot: undefined }));
    expect(requested(snapshotOf({ me, market: { offers, trades: failed(1) } }))).toHaveLength(1);
    expect(requested(snapshotOf({ me, market: { offers, trades: failed(2) } }))).toEqual([]);
  });

  it('buys the missing half of a pair first, where something is made from pairs', () => {
    const offers = [1, 2, 3, 4].map((seed) =>
      offerFact(seed, {
        product: seed === 3 ? 'voice-profile' : 'skill-profile',
        seller: 'kk-a',
        priceAtomic: 40_000n,
      }),
    );
    const trades = [tradeFact(7, { subject: 'person 3', product: 'skill-profile' })];
    const [first] = requested(snapshotOf({ me, market: { offers, trades } }), 1, true);
    expect(first?.subject).toBe('person 3');
  });

  it('breaks ties differently for each agent, and the same way at every beat', () => {
    const offers = Array.from({ length: 12 }, (_, seed) => offerFact(seed + 1));
    const firstOf = (name: string) => {
      const snapshot = snapshotOf({ me: meOf(manifestOf(name, { buys })), market: { offers } });
      const [first] = requested(snapshot, 1);
      expect(requested(snapshot, 1)).toEqual([first]);
      return first?.id;
    };
    const firsts = new Set(Array.from({ length: 18 }, (_, index) => firstOf(`kk-agent-${index}`)));
    expect(firsts.size).toBeGreaterThan(4);
  });

  it('says why nothing is bought when the balance is at the reserve', () => {
    const budget = budgetOf({ balanceAtomic: 100_000n, availableAtomic: 0n, endowmentAtomic: 0n });
    const { remarks } = shop(snapshotOf({ me, market: { budget } }), { perBeat: 2, pairsSubjects: false });
    expect(remarks).toEqual(['balance 0.10 is at the reserve: only selling']);
  });
});
