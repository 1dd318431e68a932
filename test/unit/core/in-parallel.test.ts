import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inParallel } from '../../../lib/core/in-parallel.ts';

describe('work done side by side', () => {
  it('takes each item once, in order, and never more than so many at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), fc.integer({ min: 1, max: 8 }), async (items, atOnce) => {
        const begun: number[] = [];
        let [now, most] = [0, 0];
        await inParallel(items, atOnce, async (item) => {
          begun.push(item);
          now += 1;
          most = Math.max(most, now);
          await new Promise((resolve) => setImmediate(resolve));
          now -= 1;
        });
        expect(begun).toEqual(items);
        expect(most).toBe(Math.min(items.length, atOnce));
        expect(now).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('begins nothing after a failure, ends what had begun, and tells of it', async () => {
    const ended: number[] = [];
    const work = inParallel([1, 2, 3, 4, 5], 2, async (item) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (item === 1) throw new Error('one');
      ended.push(item);
    });
    await expect(work).rejects.toThrow('one');
    expect(ended).toEqual([2]);
  });
});
