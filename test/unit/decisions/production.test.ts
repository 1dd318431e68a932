import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../lib/core/intent.ts';
import type { Snapshot } from '../../../lib/core/snapshot.ts';
import { planProduction } from '../../../lib/decisions/production.ts';
import { id32, manifestOf, meOf, offerFact, orderFact, snapshotOf } from '../../support/snapshot.ts';

const line = { product: 'skill-profile', price: '0.05', maxLive: 4, expectedSales: 5 };
const maker = (change: object = {}) =>
  meOf(manifestOf('kk-me', { role: 'extractor', sells: [{ ...line, ...change }] }));

const subject = fc.integer({ min: 1, max: 6 }).map((person) => `person ${person}`);
const anOrder = fc
  .record({
    seed: fc.integer({ min: 1, max: 20 }),
    subject,
    rank: fc.integer({ min: 0, max: 9 }),
    inputCostAtomic: fc.bigInt(0n, 500_000n),
  })
  .map(({ seed, ...rest }) => orderFact(seed, rest));
const aLiveOffer = fc
  .record({ seed: fc.integer({ min: 1, max: 20 }), subject, input: fc.integer({ min: 1, max: 4 }) })
  .map(({ seed, input, subject }) => offerFact(seed, { seller: 'kk-me', subject, inputs: [id32(`input ${input}`)] }));

const aSnapshot = fc
  .record({
    orders: fc.uniqueArray(anOrder, { selector: ({ key }) => key, maxLength: 12 }),
    myOffers: fc
      .uniqueArray(aLiveOffer, { selector: ({ subject }) => subject, maxLength: 4 })
      .filter((offers) => new Set(offers.map(({ id }) => id)).size === offers.length),
    complete: fc.boolean(),
  })
  .map(({ orders, myOffers, complete }) =>
    snapshotOf({
      me: maker(),
      market: { myOffers },
      work: { orders, complete, inputs: new Set([id32('input 1'), id32('input 2')]) },
    }),
  );

type Make = Extract<Intent, { type: 'make' }>;
const isMake = (intent: Intent): intent is Make => intent.type === 'make';

function always(law: (snapshot: Snapshot, makes: readonly Make[], intents: readonly Intent[]) => void): void {
  const run = (snapshot: Snapshot) => {
    const { intents } = planProduction(snapshot);
    law(snapshot, intents.filter(isMake), intents);
  };
  fc.assert(fc.property(aSnapshot, run), { numRuns: 400 });
}

describe('production', () => {
  it('never sells below the share of the cost that a sale must bring', () => {
    always(({ work }, makes) => {
      for (const { order, priceAtomic } of makes) {
        const { inputCostAtomic } = work.orders.find(({ key }) => key === order) ?? orderFact(0);
        expect(priceAtomic * BigInt(line.expectedSales) >= inputCostAtomic).toBe(true);
      }
    });
  });

  it('sells below cost where the manifest allows it', () => {
    const work = { orders: [orderFact(1, { inputCostAtomic: 10_000_000n })] };
    expect(planProduction(snapshotOf({ me: maker(), work })).intents).toEqual([]);
    expect(planProduction(snapshotOf({ me: maker({ sellBelowCost: true }), work })).intents).toHaveLength(1);
  });

  it('never has more offers live than the manifest allows', () => {
    always(({ market }, makes) => {
      const added = makes.filter(({ supersedes }) => supersedes === undefined).length;
      expect(market.myOffers.length + added).toBeLessThanOrEqual(line.maxLive);
    });
  });

  it('replaces the offer about a person instead of adding a second one', () => {
    always(({ market, work }, makes) => {
      const subjects = makes.map(({ order }) => work.orders.find(({ key }) => key === order)?.subject);
      expect(new Set(subjects).size).toBe(makes.length);
      makes.forEach(({ supersedes }, at) => {
        expect(supersedes).toBe(market.myOffers.find((offer) => offer.subject === subjects[at])?.id);
      });
    });
  });

  it('never makes again what is on offer', () => {
    always(({ market }, makes) => {
      const offered = new Set(market.myOffers.map(({ orderKey }) => orderKey));
      for (const { order } of makes) expect(offered.has(order)).toBe(false);
    });
  });

  it('withdraws only what is out of date, and only when all inputs have been read', () => {
    always(({ market, work }, _, intents) => {
      for (const intent of intents) {
        if (intent.type !== 'withdraw') continue;
        const offer = market.myOffers.find(({ id }) => id === intent.offer);
        expect(work.complete).toBe(true);
        const isOld = !offer?.inputs.every((input) => work.inputs.has(input));
        expect(isOld || !work.orders.some((order) => order.subject === offer?.subject)).toBe(true);
      }
    });
  });

  it('withdraws a bundle of days when one of them is gone, and keeps it when one only left the window', () => {
    const me = maker({ product: 'raw-logs', price: '0.01', unit: 'day' });
    const days = ['monday', 'tuesday'].map((day) => id32(day));
    const myOffers = [offerFact(1, { product: 'raw-logs', subject: '', inputs: days })];
    const withdrawn = (inputs: readonly string[], past: readonly string[]) => {
      const ids = (names: readonly string[]) => new Set(names.map((name) => id32(name)));
      const work = { inputs: ids(inputs), past: ids(past) };
      return planProduction(snapshotOf({ me, market: { myOffers }, work })).intents.length;
    };
    expect(withdrawn(['tuesday', 'monday'], [])).toBe(0);
    expect(withdrawn(['tuesday'], ['monday'])).toBe(0);
    expect(withdrawn(['tuesday'], [])).toBe(1);
    expect(withdrawn([], ['monday', 'tuesday'])).toBe(1);
  });

  it('leaves no offer made from something gone, whatever else there is to make', () => {
    always(({ market, work }, makes, intents) => {
      if (!work.complete) return;
      const removed = new Set([
        ...intents.flatMap((intent) => (intent.type === 'withdraw' ? [intent.offer] : [])),
        ...makes.flatMap(({ supersedes }) => supersedes ?? []),
      ]);
      for (const { id, inputs } of market.myOffers) {
        if (!inputs.every((input) => work.inputs.has(input))) expect(removed.has(id)).toBe(true);
      }
    });
  });

  it('takes the highest ranks first when there is no room for all', () => {
    const orders = Array.from({ length: 9 }, (_, index) => orderFact(index + 1));
    const { intents } = planProduction(snapshotOf({ me: maker(), work: { orders } }));
    expect(intents.filter(isMake).map(({ order }) => order)).toEqual([9, 8, 7, 6].map((seed) => id32(`order ${seed}`)));
  });

  it('says how many orders a limit leaves out', () => {
    const orders = Array.from({ length: 9 }, (_, index) => orderFact(index + 1));
    const { remarks } = planProduction(snapshotOf({ me: maker(), work: { orders } }));
    expect(remarks).toEqual(['no room for 5 more of skill-profile: 4 on offer at once is the limit']);
    expect(planProduction(snapshotOf({ me: maker(), work: { orders: orders.slice(0, 4) } })).remarks).toEqual([]);
  });

  it('limits pieces to 40 where the manifest is silent, and days of chat not at all', () => {
    const live = (product: string) => Array.from({ length: 40 }, (_, index) => offerFact(index + 1, { product }));
    const makes = (sells: object, product: string) => {
      const me = meOf(manifestOf('kk-me', { role: 'seller', sells: [sells] }));
      const work = { orders: [orderFact(99, { product })], complete: false };
      return planProduction(snapshotOf({ me, market: { myOffers: live(product) }, work })).intents.filter(isMake);
    };
    expect(makes({ product: 'soul', price: '0.08' }, 'soul')).toEqual([]);
    expect(makes({ product: 'raw-logs', price: '0.01', unit: 'day' }, 'raw-logs')).toHaveLength(1);
    expect(makes({ product: 'raw-logs', price: '0.01', unit: 'day', maxLive: 40 }, 'raw-logs')).toEqual([]);
  });

  it('prices a bundle of days by the day and never replaces one by another', () => {
    const me = maker({ product: 'raw-logs', price: '0.01', unit: 'day' });
    const orders = [1, 2].map((seed) => orderFact(seed, { product: 'raw-logs', subject: 'days', unitCount: 30 }));
    const myOffers = [offerFact(3, { product: 'raw-logs', subject: 'days', inputs: [id32('day')] })];
    const work = { orders, inputs: new Set([id32('day')]) };
    const { intents } = planProduction(snapshotOf({ me, market: { myOffers }, work }));
    expect(intents.filter(isMake)).toMatchObject([
      { priceAtomic: 300_000n, supersedes: undefined },
      { priceAtomic: 300_000n, supersedes: undefined },
    ]);
  });
});
