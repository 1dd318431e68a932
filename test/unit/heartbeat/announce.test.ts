import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Announcement } from '../../../lib/core/channel.ts';
import { announce, type Said } from '../../../lib/heartbeat/announce.ts';
import { id32, NOW, offerFact } from '../../support/snapshot.ts';

const offers = fc.uniqueArray(
  fc
    .record({ seed: fc.integer({ min: 1, max: 40 }), product: fc.constantFrom('a-product', 'b-product', 'c-product') })
    .map(({ seed, product }) => offerFact(seed, { product, createdAt: NOW - seed })),
  { selector: ({ id }) => id, maxLength: 12 },
);
const needs = fc.uniqueArray(
  fc
    .record({ seed: fc.integer({ min: 1, max: 9 }), product: fc.constantFrom('x-product', 'y-product', 'z-product') })
    .map(({ seed, product }) => ({ id: id32(seed), product, maxPriceAtomic: 1n, why: 'so' })),
  { selector: ({ product }) => product, maxLength: 3 },
);
const beat = fc.record({ offers, needs, after: fc.integer({ min: 1, max: 1000 }) });

function keyOf(line: Announcement): string {
  if (line.type === 'have') return `have ${line.product} ${line.count} ${line.offer}`;
  if (line.type === 'need') return `need ${line.product} ${line.need}`;
  throw new Error(`not expected: ${line.type}`);
}

describe('HAVE and NEED', () => {
  it('are three lines a beat at most, and the same line comes again after half an hour at the earliest', () => {
    fc.assert(
      fc.property(fc.array(beat, { maxLength: 20 }), (beats) => {
        let said: Said = new Map();
        let now = NOW;
        const last = new Map<string, { at: number; key: string }>();
        for (const { offers, needs, after } of beats) {
          now += after;
          const { lines, said: memory } = announce(offers, needs, said, now);
          said = memory;
          expect(lines.length).toBeLessThanOrEqual(3);
          for (const line of lines) {
            const key = keyOf(line);
            const topic = key.split(' ', 2).join(' ');
            const before = last.get(topic);
            if (before?.key === key) expect(now - before.at).toBeGreaterThanOrEqual(1800);
            last.set(topic, { at: now, key });
          }
        }
      }),
    );
  });

  it('say what did not fit in a beat in the next ones', () => {
    const many = ['a-product', 'b-product', 'c-product', 'd-product', 'e-product'].map((product, seed) =>
      offerFact(seed + 1, { product }),
    );
    const first = announce(many, [], new Map(), NOW);
    const second = announce(many, [], first.said, NOW + 5);
    expect(first.lines).toHaveLength(3);
    expect(second.lines).toHaveLength(2);
    expect(announce(many, [], second.said, NOW + 10).lines).toEqual([]);
  });

  it('count a product’s offers, name the newest, and keep what is for one buyer out', () => {
    const mine = [
      offerFact(1, { createdAt: NOW - 9 }),
      offerFact(2, { createdAt: NOW }),
      offerFact(3, { forAgent: 'kk-x' }),
    ];
    expect(announce(mine, [], new Map(), NOW).lines).toMatchObject([{ type: 'have', count: 2, offer: id32(2) }]);
  });
});
