import { describe, expect, it } from 'vitest';
import type { BudgetFact, TradeFact } from '../../../lib/core/facts.ts';
import { ROLES, type Role } from '../../../lib/core/manifest.ts';
import type { Snapshot } from '../../../lib/core/snapshot.ts';
import { policies } from '../../../lib/decisions/registry.ts';
import { stateNeeds } from '../../../lib/decisions/unmet-needs.ts';
import { planValidations } from '../../../lib/decisions/validations.ts';
import {
  budgetOf,
  id32,
  manifestOf,
  meOf,
  NOW,
  offerFact,
  orderFact,
  snapshotOf,
  tradeFact,
} from '../../support/snapshot.ts';

const validation = { product: 'validation', maxPrice: '0.001', perDay: 2, sellers: ['kk-validator'] };

function busySnapshot(role: Role): Snapshot {
  const manifest = manifestOf('kk-me', {
    role,
    sells: [{ product: 'skill-profile', price: '0.05' }],
    buys: [{ product: 'raw-logs', maxPrice: '0.012', unit: 'day', topics: ['rust'] }, validation],
  });
  return snapshotOf({
    me: meOf(manifest),
    market: {
      offers: [1, 2, 3].map((seed) => offerFact(seed, { product: 'raw-logs', priceAtomic: 10_000n })),
      myOffers: [offerFact(8, { seller: 'kk-me' })],
      trades: [tradeFact(5)],
    },
    work: { orders: [orderFact(4), orderFact(5)] },
  });
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}

describe('policies', () => {
  it.each(ROLES)('decide the same on the same snapshot and leave it as it is: %s', (role) => {
    const snapshot = busySnapshot(role);
    deepFreeze(snapshot);
    const decision = policies[role](snapshot);
    expect(policies[role](snapshot)).toEqual(decision);
    expect(policies[role](busySnapshot(role))).toEqual(decision);
    expect(decision.task).not.toBe('');
    expect(decision.reason).not.toBe('');
  });

  it.each(ROLES)('start no trade and no validation while the swarm winds down: %s', (role) => {
    const { intents } = policies[role]({ ...busySnapshot(role), draining: true });
    expect(intents.filter(({ type }) => type === 'request' || type === 'validate')).toEqual([]);
  });

  it('never state the need for a validation, which is handed over and not shopped for', () => {
    const { needs } = policies.seller(busySnapshot('seller'));
    expect(needs.map(({ product }) => product)).not.toContain('validation');
  });

  it.each([true, false])('say what is wrong with the work, briefly and on one line, busy or at rest: %s', (isBusy) => {
    const busy = busySnapshot('extractor');
    const problems = [`bought raw logs can't be read\n\u001b[31m${'x'.repeat(5000)}`, 'another'];
    const orders = isBusy ? busy.work.orders : [];
    const market = isBusy ? busy.market : { ...busy.market, offers: [] };
    const { reason, intents } = policies.extractor({ ...busy, market, work: { ...busy.work, orders, problems } });
    expect(intents.some(({ type }) => type === 'make')).toBe(isBusy);
    expect(reason).toMatch(/; error: bought raw logs can't be read \[31mx+… \(and 1 more\)$/);
    expect(Buffer.byteLength(reason)).toBeLessThan(500);
  });

  it.each(ROLES)('speak of a first budget until it came, and of what is left of it from then on: %s', (role) => {
    const offers = [offerFact(1, { product: 'raw-logs', priceAtomic: 10_000n })];
    const penniless = budgetOf({ balanceAtomic: 0n, availableAtomic: 0n, endowmentAtomic: 0n });
    const reasonWith = (budget: BudgetFact, trades: readonly TradeFact[]) =>
      policies[role](snapshotOf({ me: busySnapshot(role).me, market: { offers, budget, trades } })).reason;
    const unborn = reasonWith(penniless, []);
    expect(unborn).toContain('waiting for its first budget of 1.00');
    expect(unborn).not.toMatch(/left today|reserve/);
    for (const reason of [reasonWith(penniless, [tradeFact(5)]), reasonWith({ ...penniless, balanceAtomic: 1n }, [])]) {
      expect(reason).toContain('0.00 of 1.00 left today');
    }
  });

  it('keep the id of a need for as long as the want is the same', () => {
    const [want] = busySnapshot('buyer').me.manifest.spec.buys;
    if (want === undefined) throw new Error('no want');
    const idOf = (maxPrice: bigint, name = 'kk-me') => stateNeeds(name, [{ ...want, maxPrice }])[0]?.id;
    expect(idOf(1n)).toBe(idOf(1n));
    expect(idOf(1n)).not.toBe(idOf(2n));
    expect(idOf(1n)).not.toBe(idOf(1n, 'kk-other'));
  });
});

describe('validations', () => {
  const me = meOf(manifestOf('kk-me', { role: 'seller', buys: [validation] }));
  const myOffers = [1, 2, 3].map((seed) => offerFact(seed, { seller: 'kk-me', createdAt: NOW - seed }));

  it('are asked for one at a time, the newest first', () => {
    expect(planValidations(snapshotOf({ me, market: { myOffers } }))).toMatchObject([
      { offer: id32(1), validator: 'kk-validator' },
    ]);
  });

  it('are not asked for again once a report speaks of the offer', () => {
    const offers = [1, 2, 3].map((seed) =>
      offerFact(90 + seed, {
        seller: 'kk-validator',
        product: 'validation',
        report: { offer: id32(seed), verdict: 'passed' },
      }),
    );
    expect(planValidations(snapshotOf({ me, market: { myOffers, offers } }))).toEqual([]);
  });

  it('end for the day at the number of the manifest, and when the money is gone', () => {
    const trades = [1, 2].map((seed) => tradeFact(seed, { product: 'validation', requestedAt: NOW - 5 }));
    expect(planValidations(snapshotOf({ me, market: { myOffers, trades } }))).toEqual([]);
    const poor = snapshotOf({ me, market: { myOffers } });
    const budget = { ...poor.market.budget, availableAtomic: 999n };
    expect(planValidations({ ...poor, market: { ...poor.market, budget } })).toEqual([]);
  });

  it('give products that have none of their offers validated the first turn', () => {
    const other = offerFact(7, { seller: 'kk-me', product: 'topic-map', createdAt: NOW - 999 });
    const report = offerFact(91, {
      seller: 'kk-validator',
      product: 'validation',
      report: { offer: id32(2), verdict: 'passed' },
    });
    const market = { myOffers: [...myOffers, other], offers: [report] };
    expect(planValidations(snapshotOf({ me, market }))).toMatchObject([{ offer: other.id }]);
  });
});
