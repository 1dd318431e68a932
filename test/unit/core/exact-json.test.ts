import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatExact, parseExact } from '../../../lib/core/exact-json.ts';

const values = fc.anything({ withBigInt: true, withDate: true, withSet: true, withMap: true, withNullPrototype: true });

describe('a value in exact JSON', () => {
  it('comes back as it was, or is not formatted', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = formatExact(value);
        if (text === undefined) return;
        expect(text).not.toContain('\n');
        expect(isDeepStrictEqual(parseExact(text), value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('may hold amounts and times at any depth, and at its root', () => {
    const value = { amount: 10n ** 30n, list: [{ at: new Date(5) }, 7n], none: undefined, zero: 0 };
    for (const each of [value, 5n, new Date(0), undefined, null, 'x', [undefined]]) {
      expect(parseExact(formatExact(each) ?? '')).toEqual(each);
    }
    expect(Object.keys(parseExact(formatExact(value) ?? '') as object)).toContain('none');
  });

  it.each([
    ['NaN', Number.NaN],
    ['-0', { deep: [-0] }],
    ['a set', new Set([1])],
    ['a map', new Map()],
    ['a function', { run: () => 1 }],
    ['an instance', new (class {})()],
    ['a list with holes', new Array(3)],
    ['a field __proto__', JSON.parse('{"__proto__": 1}')],
  ])('is not made of %s', (_name, value) => {
    expect(formatExact(value)).toBeUndefined();
  });
});
