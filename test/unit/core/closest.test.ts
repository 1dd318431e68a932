import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestTo } from '../../../lib/core/closest.ts';

describe('closestTo', () => {
  it('finds a word that is there, in any case', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1 }), fc.nat(), (words, at) => {
        const word = words[at % words.length] ?? '';
        expect(closestTo(word.toUpperCase(), words)).toBe(word);
      }),
    );
  });

  it('forgives one wrong letter', () => {
    expect(closestTo('maxprize', ['price', 'maxPrice', 'maxLive'])).toBe('maxPrice');
    expect(closestTo('topcis', ['topics', 'onlyTopics'])).toBe('topics');
  });

  it('keeps silent about a word that is nothing like the others', () => {
    expect(closestTo('colour', ['price', 'product', 'unit'])).toBeUndefined();
    expect(closestTo('x', [])).toBeUndefined();
  });

  it('takes any text, however long', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2000 }), (text) => void closestTo(text, ['price', 'unit'])));
  });
});
