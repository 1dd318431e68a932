import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRevealPace, mostAccepted, promisedWindow } from '../../../lib/flows/trade/reveal-pace.ts';
import { embeddedChainSettings as settings } from '../../../lib/flows/trade/settings.ts';
import type { TradeStep } from '../../../lib/flows/trade/step.ts';
import { keepable } from '../../../lib/flows/trade/trade-flow.ts';
import { NOW } from '../../support/snapshot.ts';
import { aPurchase, aSale, authorized, buyerNote, quoteFor, sellerNote } from '../../support/trade-notes.ts';

const { revealWindowSeconds, deadlineMarginSeconds } = settings;
const seconds = fc.integer({ min: 0, max: 200 });

/** Whether a seller takes a step at a pace. */
function takes(type: 'open' | 'quote', windowNeeded: number, revealWindow = revealWindowSeconds): boolean {
  const quote = quoteFor({ revealWindow });
  const step: TradeStep =
    type === 'open'
      ? { type, trade: aSale({ buyer: buyerNote(authorized(quote)), seller: sellerNote({ quote }) }) }
      : { type, trade: aPurchase({}) };
  const next = keepable({ type: 'step', step, reason: 'a test' }, NOW, { windowNeeded: () => windowNeeded }, settings);
  if (next.type === 'wait') expect(next.until).toBeGreaterThan(NOW);
  return next.type === 'step';
}

describe('a seller', () => {
  it('opens nothing that it could not reveal in time at its measured pace', () => {
    fc.assert(
      fc.property(fc.array(seconds, { maxLength: 10 }), seconds, seconds, (measured, paceSeconds, window) => {
        const pace = createRevealPace(
          settings,
          () => paceSeconds,
          () => NOW,
        );
        for (const one of measured) pace.measured(one);
        if (!takes('open', pace.windowNeeded(), window)) return;
        const slowest = pace.canWaitForBeat() ? paceSeconds : Math.max(0, ...measured);
        expect(slowest).toBeLessThanOrEqual(window - deadlineMarginSeconds);
      }),
    );
  });

  it('leaves a reveal to its next beat only where that surely comes within the window', () => {
    fc.assert(
      fc.property(seconds, (paceSeconds) => {
        const pace = createRevealPace(
          settings,
          () => paceSeconds,
          () => NOW,
        );
        if (pace.canWaitForBeat()) expect(2 * paceSeconds).toBeLessThan(revealWindowSeconds - deadlineMarginSeconds);
      }),
    );
    expect(
      createRevealPace(
        settings,
        () => 7,
        () => NOW,
      ).canWaitForBeat(),
    ).toBe(true);
    expect(
      createRevealPace(
        settings,
        () => 30,
        () => NOW,
      ).canWaitForBeat(),
    ).toBe(false);
  });

  it('promises a window that it can keep and a buyer accepts, or none', () => {
    fc.assert(
      fc.property(seconds, (needed) => {
        const window = promisedWindow(needed, revealWindowSeconds);
        expect(window).toBeGreaterThanOrEqual(revealWindowSeconds);
        expect(window).toBeLessThanOrEqual(mostAccepted(revealWindowSeconds));
        expect(takes('quote', needed)).toBe(needed <= mostAccepted(revealWindowSeconds));
        if (takes('quote', needed)) expect(takes('open', needed, window)).toBe(true);
      }),
    );
  });

  it('tries again some minutes after it was too slow', () => {
    let now = NOW;
    const pace = createRevealPace(
      settings,
      () => 60,
      () => now,
    );
    pace.measured(100);
    expect(takes('open', pace.windowNeeded())).toBe(false);
    now += 301;
    expect(takes('open', pace.windowNeeded())).toBe(true);
  });

  it('tries again also when its clock was set back', () => {
    let now = NOW;
    const pace = createRevealPace(
      settings,
      () => 60,
      () => now,
    );
    pace.measured(100);
    now -= 3600;
    expect(takes('open', pace.windowNeeded())).toBe(true);
  });
});
