import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ModelBeat, SETTINGS, TradeModel, type Who } from '../../support/trade-model.ts';

const aBeat = fc.record<ModelBeat>({
  who: fc.constantFrom<Who>('buyer', 'seller', 'anyone'),
  afterSeconds: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 40 })),
  latencySeconds: fc.integer({ min: 0, max: SETTINGS.deadlineMarginSeconds - 1 }),
  isKilled: fc.boolean(),
});

/** From which beat on a party says nothing more; never for one that goes on. */
const silentFrom = fc.option(fc.integer({ min: 0, max: 12 }), { nil: Number.POSITIVE_INFINITY, freq: 2 });

describe('a party that goes on beating', () => {
  it.each(['buyer', 'seller'] as const)('has nothing left to do in the end, whoever else is silent: %s', (me) => {
    const other = me === 'buyer' ? 'seller' : 'buyer';
    const run = (beats: readonly ModelBeat[], otherUntil: number) => {
      const model = new TradeModel();
      beats.forEach((beat, at) => {
        if (beat.who !== other || at < otherUntil) model.beat(beat);
      });
      const speaking: readonly Who[] = otherUntil === Number.POSITIVE_INFINITY ? [me, other, 'anyone'] : [me, 'anyone'];
      // Every ten seconds, for longer than all deadlines together.
      for (let round = 0; round < 60 && !speaking.every((who) => model.isDone(who)); round += 1) {
        for (const who of speaking) {
          model.beat({ who, afterSeconds: who === me ? 10 : 0, latencySeconds: 0, isKilled: false });
        }
      }
      for (const who of speaking) expect(model.isDone(who), who).toBe(true);
      expect(model.authorizations.size).toBeLessThanOrEqual(1);
      expect(model.chain?.state).toBe(
        model.history.includes('revealed') ? 'settled' : model.chain === undefined ? undefined : 'refunded',
      );
    };
    fc.assert(fc.property(fc.array(aBeat, { maxLength: 25 }), silentFrom, run), { numRuns: 60 });
  });
});
