import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradePath } from '../../../lib/market/notes/trade-note.ts';
import { NOW } from '../../support/snapshot.ts';
import { type ModelBeat, SETTINGS, TradeModel, type Who } from '../../support/trade-model.ts';
import { authorized, BUYER, buyerNote, confirmedBy, putBuyer, quoteFor, TRADE_ID } from '../../support/trade-notes.ts';

const aBeat = fc.record<ModelBeat>({
  who: fc.constantFrom<Who>('buyer', 'seller', 'anyone'),
  afterSeconds: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 40 })),
  latencySeconds: fc.integer({ min: 0, max: SETTINGS.deadlineMarginSeconds - 1 }),
  isKilled: fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0),
});

/** From which beat on a party says nothing more; undefined for one that goes on. */
const silence = fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined });

const QUIET = { latencySeconds: 0, isKilled: false };

/** Beats of all who still speak, every ten seconds, for longer than every deadline together. */
function runOut(model: TradeModel, speaking: readonly Who[]): void {
  for (let round = 0; round < 60; round += 1) {
    for (const who of speaking) model.beat({ ...QUIET, who, afterSeconds: who === speaking[0] ? 10 : 0 });
  }
}

describe('a trade, whatever the order of the beats', () => {
  it('ends within bounded time, paid at most once, also when a side goes silent or is killed between act and note', () => {
    const run = (beats: readonly ModelBeat[], buyerUntil: number | undefined, sellerUntil: number | undefined) => {
      const model = new TradeModel();
      const isSilent = (who: Who, at: number) =>
        (who === 'buyer' && at >= (buyerUntil ?? Infinity)) || (who === 'seller' && at >= (sellerUntil ?? Infinity));
      beats.forEach((beat, at) => {
        if (!isSilent(beat.who, at)) model.beat(beat);
      });
      const speaking = (['seller', 'buyer', 'anyone'] as const).filter((who) => !isSilent(who, Infinity));
      runOut(model, speaking);

      expect(model.authorizations.size).toBeLessThanOrEqual(1);
      expect(model.history.filter((state) => state === 'opened').length).toBeLessThanOrEqual(1);
      expect([undefined, 'settled', 'refunded']).toContain(model.chain?.state);
      if (model.chain?.state === 'settled') expect(model.history).toContain('revealed');
      if (model.chain?.state === 'refunded') expect(model.history).not.toContain('revealed');
      for (const who of speaking) expect(model.isDone(who)).toBe(true);
    };
    fc.assert(fc.property(fc.array(aBeat, { maxLength: 25 }), silence, silence, run), { numRuns: 250 });
  });

  it('is paid for and settled when both sides keep beating', () => {
    const model = new TradeModel();
    const beats = fc.sample(fc.constantFrom<Who>('buyer', 'seller'), { seed: 7, numRuns: 60 });
    for (const who of beats) model.beat({ ...QUIET, who, afterSeconds: 2 });
    expect(model.history).toEqual(['opened', 'revealed', 'settled']);
    expect(model.isDone('buyer') && model.isDone('seller')).toBe(true);
  });

  it('never shows a key whose reveal comes too late, if a transaction takes less than the margin', () => {
    const run = (beats: readonly ModelBeat[]) => {
      const model = new TradeModel();
      for (const beat of beats) {
        const before = model.chain;
        const steps = model.beat(beat);
        if (steps.includes('reveal') && before?.state === 'opened') expect(model.chain?.state).toBe('revealed');
      }
    };
    fc.assert(fc.property(fc.array(aBeat, { maxLength: 40 }), run), { numRuns: 250 });
  });

  it('pays the seller that revealed, whatever the buyer does to its note after the quote', () => {
    const path = tradePath(BUYER, NOW, TRADE_ID);
    const junk = { tradeId: TRADE_ID, quoteHash: TRADE_ID, signature: quoteFor().signature };
    const aCrime = fc.constantFrom<(model: TradeModel) => void>(
      (model) => model.vault.apply([{ op: 'delete', path }]),
      (model) => model.vault.apply([{ op: 'put', path, text: 'not a note' }]),
      (model) => model.vault.apply([putBuyer(buyerNote({ ...authorized(), closed: { state: 'expired', at: NOW } }))]),
      (model) => model.vault.apply([putBuyer(buyerNote({ ...authorized(), confirmation: junk }))]),
      (model) => model.vault.apply([putBuyer(buyerNote({ seller: 'kk-other', amountAtomic: 1n, ...confirmedBy() }))]),
    );
    const run = (beats: readonly ModelBeat[], crimes: readonly ((model: TradeModel) => void)[]) => {
      const model = new TradeModel();
      for (const who of ['seller', 'buyer', 'seller'] as const) model.beat({ ...QUIET, who, afterSeconds: 1 });
      expect(model.chain?.state).toBe('opened');
      beats.forEach((beat, at) => {
        crimes[at % crimes.length]?.(model);
        if (beat.who !== 'buyer') model.beat(beat);
      });
      runOut(model, ['seller']);
      expect(model.chain?.state).toBe(model.history.includes('revealed') ? 'settled' : 'refunded');
      expect(model.isDone('seller')).toBe(true);
    };
    fc.assert(fc.property(fc.array(aBeat, { maxLength: 15 }), fc.array(aCrime, { minLength: 1, maxLength: 4 }), run), {
      numRuns: 150,
    });
  });

  it('goes on from the notes when the chain forgot how it ended', () => {
    const model = new TradeModel();
    for (let at = 0; at < 20; at += 1)
      model.beat({ ...QUIET, who: at % 2 === 0 ? 'seller' : 'buyer', afterSeconds: 2 });
    expect(model.chain?.state).toBe('settled');
    model.chain = undefined;
    expect(model.isDone('seller')).toBe(false);
    expect(model.plan('seller').map(({ type }) => type)).toEqual(['open']);
  });
});
