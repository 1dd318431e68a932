import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenBucket } from '../../../lib/core/token-bucket.ts';

const burst = fc.integer({ min: 1, max: 60 });
const everyMs = fc.integer({ min: 1, max: 10_000 });
const steps = fc.array(fc.integer({ min: -5000, max: 20_000 }), { minLength: 1, maxLength: 200 });

describe('a token bucket', () => {
  it('gives a burst at once, and never more than the burst and one each interval, also when the clock is set back', () => {
    fc.assert(
      fc.property(burst, everyMs, steps, (most, every, deltas) => {
        const bucket = createTokenBucket(most, every);
        let [nowMs, forwardMs, taken] = [0, 0, 0];
        while (bucket.take(nowMs) === 0) taken += 1;
        expect(taken).toBe(most);
        for (const delta of deltas) {
          nowMs += delta;
          forwardMs += Math.max(0, delta);
          if (bucket.take(nowMs) === 0) taken += 1;
          expect(taken).toBeLessThanOrEqual(most + forwardMs / every);
        }
      }),
    );
  });

  it('has a token after the time that it says, and none a millisecond before', () => {
    fc.assert(
      fc.property(burst, everyMs, fc.nat(10_000), (most, every, laterMs) => {
        const bucket = createTokenBucket(most, every);
        while (bucket.take(0) === 0);
        const nowMs = Math.min(laterMs, every - 1);
        const waitMs = bucket.waitMs(nowMs);
        expect(waitMs).toBeGreaterThan(0);
        expect(bucket.waitMs(nowMs + waitMs - 1)).toBeGreaterThan(0);
        expect(bucket.waitMs(nowMs + waitMs)).toBe(0);
      }),
    );
  });
});
