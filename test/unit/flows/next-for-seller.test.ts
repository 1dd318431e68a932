import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Next } from '../../../lib/core/flow.ts';
import { nextForRequest, nextForSeller } from '../../../lib/flows/trade/next-for-seller.ts';
import { embeddedChainSettings as settings } from '../../../lib/flows/trade/settings.ts';
import type { TradeStep } from '../../../lib/flows/trade/step.ts';
import type { Sale } from '../../../lib/market/notes/trade-pairs.ts';
import { id32, NOW } from '../../support/snapshot.ts';
import {
  aPurchase,
  aSale,
  authorized,
  buyerNote,
  chainTrade,
  confirmedBy,
  quoteFor,
  sellerNote,
} from '../../support/trade-notes.ts';

const delivery = { objectKey: 'a/b', url: 'age', urlIssued: NOW, urlExpires: NOW + 600, sizeBytes: 3000 };
const quoted = sellerNote({ delivery });

function next(sale: Sale, now: number, terms = settings) {
  return nextForSeller(sale, now, terms);
}

function actOf(step: Next<TradeStep>): string {
  return step.type === 'step' ? step.step.type : step.type;
}

const aBuyer = fc.constantFrom(
  buyerNote(),
  buyerNote(authorized()),
  buyerNote({ ...authorized(), closed: { state: 'expired', at: NOW } }),
  buyerNote({ ...authorized(), ...confirmedBy() }),
  buyerNote({ ...authorized(quoteFor({ expiry: NOW + 9_000_000 })), ...confirmedBy() }),
);
const seconds = fc.integer({ min: -5, max: 120 });

describe('a seller', () => {
  it('never reveals before the opening is deep enough, nor within the margin before the deadline', () => {
    fc.assert(
      fc.property(aBuyer, seconds, seconds, fc.bigInt(0n, 9n), fc.boolean(), (buyer, openedAt, after, deep, byAge) => {
        const chain = chainTrade('opened', {
          openedAt: NOW + openedAt,
          deadline: NOW + openedAt + 20,
          confirmations: deep,
        });
        const openDepth = byAge ? { type: 'age' as const, seconds: 3 } : { type: 'confirmations' as const, blocks: 5n };
        const now = NOW + openedAt + after;
        const step = next(aSale({ buyer, seller: quoted, chain }), now, { ...settings, openDepth });
        if (actOf(step) === 'reveal') {
          expect(byAge ? after >= 3 : deep >= 5n).toBe(true);
          expect(now).toBeLessThan(chain.deadline - settings.deadlineMarginSeconds);
        }
        if (now >= chain.deadline - settings.deadlineMarginSeconds) expect(actOf(step)).toBe('refund');
      }),
    );
  });

  it('settles as soon as the window has passed and never before, whatever the buyer wrote', () => {
    fc.assert(
      fc.property(aBuyer, seconds, (buyer, after) => {
        const chain = chainTrade('revealed', { deadline: NOW + 10 });
        const act = actOf(next(aSale({ buyer, seller: quoted, chain }), NOW + after));
        expect(act === 'settle').toBe(after > 10);
      }),
    );
  });

  it('does nothing on chain for a trade that it never quoted, whatever a stranger’s note points at', () => {
    const declined = sellerNote({
      quote: undefined,
      declined: { reason: 'no' },
      closed: { state: 'expired', at: NOW },
    });
    const states = fc.constantFrom('opened' as const, 'revealed' as const, 'settled' as const, 'refunded' as const);
    fc.assert(
      fc.property(aBuyer, states, seconds, fc.boolean(), (buyer, state, after, mayQuote) => {
        const chain = chainTrade(state);
        const act = actOf(nextForRequest(aPurchase({ buyer, chain }), mayQuote, NOW + after));
        expect(['quote', 'wait', 'done']).toContain(act);
        expect(actOf(next(aSale({ buyer, seller: declined, chain }), NOW + after))).toBe('done');
      }),
    );
  });

  it('quotes a request once, in time, and when the limits leave room', () => {
    const ask = (buyer: Parameters<typeof buyerNote>[0], now: number, mayQuote = true) =>
      actOf(nextForRequest(aPurchase({ buyer: buyerNote(buyer) }), mayQuote, now));
    expect(ask({}, NOW)).toBe('quote');
    expect(ask({}, NOW, false)).toBe('wait');
    expect(ask({}, NOW + 120)).toBe('done');
    expect(ask({ closed: { state: 'expired', at: NOW } }, NOW)).toBe('done');
    expect(actOf(next(aSale({ seller: quoted }), NOW))).toBe('wait');
  });

  it('opens what is authorized while there is time, and gives up after the grace', () => {
    const sale = aSale({ buyer: buyerNote(authorized()), seller: quoted });
    expect(actOf(next(sale, NOW + 895))).toBe('open');
    expect(actOf(next({ ...sale, seller: sellerNote() }, NOW + 896))).toBe('wait');
    expect(actOf(next({ ...sale, seller: sellerNote() }, NOW + 909))).toBe('wait');
    expect(next(sale, NOW + 910)).toMatchObject({ step: { type: 'close', state: 'expired' } });
  });

  it('renews the URL when under half of its life is left, until the buyer has confirmed', () => {
    const waiting = aSale({ seller: quoted });
    expect(next(waiting, NOW + 299)).toMatchObject({ type: 'wait', until: NOW + 300 });
    expect(actOf(next(waiting, NOW + 300))).toBe('renew');
    const revealed = { seller: quoted, chain: chainTrade('revealed', { deadline: NOW + 999 }) };
    expect(actOf(next(aSale(revealed), NOW + 300))).toBe('renew');
    const buyer = buyerNote({ ...authorized(), ...confirmedBy() });
    expect(actOf(next(aSale({ ...revealed, buyer }), NOW + 300))).toBe('confirm');
  });

  it('takes a trade whose end vanished from the chain as open again', () => {
    const closed = { state: 'settled' as const, at: NOW, tx: id32('tx') };
    const sale = aSale({ buyer: buyerNote(authorized()), seller: { ...quoted, closed } });
    expect(actOf(next(sale, NOW))).toBe('open');
  });

  it('is done when its note and the chain agree', () => {
    for (const state of ['settled', 'refunded', 'disputed'] as const) {
      const open = aSale({ seller: quoted, chain: chainTrade(state) });
      expect(next(open, NOW)).toMatchObject({ step: { type: 'close', state } });
      const closed = { ...quoted, closed: { state, at: NOW } };
      expect(actOf(next({ ...open, seller: closed }, NOW))).toBe('done');
    }
  });
});
