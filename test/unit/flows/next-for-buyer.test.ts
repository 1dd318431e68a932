import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Next } from '../../../lib/core/flow.ts';
import { nextForBuyer } from '../../../lib/flows/trade/next-for-buyer.ts';
import { embeddedChainSettings as settings } from '../../../lib/flows/trade/settings.ts';
import type { TradeStep } from '../../../lib/flows/trade/step.ts';
import type { Purchase } from '../../../lib/market/notes/trade-pairs.ts';
import { NOW } from '../../support/snapshot.ts';
import {
  aPurchase,
  authorized,
  buyerNote,
  chainTrade,
  confirmedBy,
  quoteFor,
  sellerNote,
} from '../../support/trade-notes.ts';

function next(trade: Purchase, now: number): Next<TradeStep> {
  return nextForBuyer(trade, now, settings);
}

function actOf(step: Next<TradeStep>): string {
  return step.type === 'step' ? step.step.type : step.type;
}

const aSeller = fc.constantFrom(
  undefined,
  sellerNote(),
  sellerNote({ quote: quoteFor({ expiry: NOW + 9_000_000 }) }),
  sellerNote({ quote: undefined, declined: { reason: 'no' } }),
  sellerNote({ declined: { reason: 'no' }, closed: { state: 'expired', at: NOW } }),
);

describe('a buyer', () => {
  it('never authorizes twice, and keeps its money counted until the authorization is dead', () => {
    fc.assert(
      fc.property(aSeller, fc.integer({ min: 0, max: 2000 }), (seller, after) => {
        const step = next(aPurchase({ buyer: buyerNote(authorized()), seller }), NOW + after);
        expect(actOf(step)).toBe(after < 910 ? 'wait' : 'close');
      }),
    );
  });

  it('authorizes only while the quote has time left', () => {
    const trade = aPurchase({ seller: sellerNote() });
    expect(actOf(next(trade, NOW + 895))).toBe('authorize');
    expect(next(trade, NOW + 896)).toMatchObject({ step: { type: 'close', state: 'expired' } });
  });

  it('stops waiting for goods at a time that its own request fixes, whatever the seller writes', () => {
    const last = buyerNote().request.quoteBy + settings.quoteLifeSeconds - settings.deadlineMarginSeconds;
    const run = (after: number, life: number) => {
      const now = NOW + after;
      const seller = sellerNote({ quote: quoteFor({ expiry: now + life }) });
      expect(actOf(next(aPurchase({ seller }), now))).toBe(now < last ? 'authorize' : 'close');
      // What is paid for stays with it, however late: the seller may open the trade until the payment is void.
      const paid = aPurchase({ buyer: buyerNote(authorized(quoteFor({ expiry: now + life }))), seller });
      expect(actOf(next(paid, now))).toBe('wait');
    };
    fc.assert(fc.property(fc.integer({ min: 0, max: 90 * 86_400 }), fc.integer({ min: 5, max: 90_000 }), run));
  });

  it('stops waiting for a quote after its time, and when the seller declines', () => {
    expect(next(aPurchase(), NOW + 120)).toMatchObject({ type: 'wait', until: NOW + 121 });
    expect(actOf(next(aPurchase(), NOW + 121))).toBe('close');
    const seller = sellerNote({ quote: undefined, declined: { reason: 'no' } });
    expect(actOf(next(aPurchase({ seller }), NOW))).toBe('close');
  });

  it('is done with what expired, for ever', () => {
    const buyer = buyerNote({ closed: { state: 'expired', at: NOW } });
    fc.assert(
      fc.property(aSeller, fc.integer({ min: 0, max: 9000 }), (seller, after) => {
        expect(actOf(next(aPurchase({ buyer, seller }), NOW + after))).toBe('done');
      }),
    );
  });

  it('opens the goods when the key is public, once, also after the payout, but not for ever', () => {
    const buyer = buyerNote(authorized());
    for (const state of ['revealed', 'settled'] as const) {
      const trade = aPurchase({ buyer, seller: sellerNote(), chain: chainTrade(state) });
      expect(actOf(next(trade, NOW + 5))).toBe('receive');
      expect(actOf(next({ ...trade, buyer: { ...buyer, ...confirmedBy() } }, NOW + 5))).not.toBe('receive');
      const late = NOW + 20 + settings.giveUpReceivingSeconds;
      expect(actOf(next(trade, late))).toBe(state === 'settled' ? 'close' : 'wait');
    }
  });

  it('takes a trade whose end vanished from the chain as open again', () => {
    const buyer = buyerNote({ ...authorized(), closed: { state: 'settled', at: NOW } });
    expect(actOf(next(aPurchase({ buyer, seller: sellerNote() }), NOW))).toBe('wait');
  });

  it('is done when its note and the chain agree', () => {
    for (const state of ['settled', 'refunded', 'disputed'] as const) {
      const buyer = buyerNote({ ...authorized(), ...confirmedBy() });
      const trade = aPurchase({ buyer, chain: chainTrade(state) });
      expect(next(trade, NOW)).toMatchObject({ step: { type: 'close', state } });
      expect(actOf(next({ ...trade, buyer: { ...buyer, closed: { state, at: NOW } } }, NOW))).toBe('done');
    }
  });
});
