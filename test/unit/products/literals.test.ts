import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalSets } from '../../../lib/products/ingest/redact/literals.ts';

describe('sets of strings', () => {
  it('are found in a text just where one of their strings is in it', () => {
    const unit = fc.constantFrom('a', 'b', 'c', 'é', '😀', '😁');
    const string = fc.string({ unit, minLength: 1, maxLength: 5 });
    const text = fc.string({ unit, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(fc.array(string, { maxLength: 4 }), { maxLength: 6 }), text, (sets, within) => {
        const expected = sets.map((strings) => (strings.some((one) => within.includes(one)) ? 1 : 0));
        expect([...literalSets(sets)(within)]).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
