import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CASEMAPPINGS, foldNick, parseCasemapping, sameNick } from '../../../lib/core/nick.ts';

const casemapping = fc.constantFrom(...CASEMAPPINGS);
const nick = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'aAzZ09_-[]\\~{}|^`Kİı'), maxLength: 40 }),
);

describe('a folded nick', () => {
  it('stays what it is when it is folded again, and keeps its length', () => {
    fc.assert(
      fc.property(nick, casemapping, (name, mapping) => {
        const folded = foldNick(name, mapping);
        expect(foldNick(folded, mapping)).toBe(folded);
        expect(folded).toHaveLength(name.length);
        expect(sameNick(name, folded, mapping)).toBe(true);
      }),
    );
  });

  it('is one for letters of either case and for no other two characters under ascii', () => {
    fc.assert(
      fc.property(nick, nick, (a, b) => {
        const lower = (text: string) => [...text].map((c) => (c >= 'A' && c <= 'Z' ? c.toLowerCase() : c)).join('');
        expect(sameNick(a, b, 'ascii')).toBe(lower(a) === lower(b));
      }),
    );
  });

  it.each([
    ['[]\\', '{}|', { ascii: false, 'strict-rfc1459': true, rfc1459: true }],
    ['~', '^', { ascii: false, 'strict-rfc1459': false, rfc1459: true }],
    ['Nick[AFK]', 'nICK{afk}', { ascii: false, 'strict-rfc1459': true, rfc1459: true }],
    ['\u212aarl', 'karl', { ascii: false, 'strict-rfc1459': false, rfc1459: false }],
    ['`_-', '`_-', { ascii: true, 'strict-rfc1459': true, rfc1459: true }],
  ])('takes %s for %s as the server’s mapping says', (a, b, expected) => {
    for (const mapping of CASEMAPPINGS) expect(sameNick(a, b, mapping)).toBe(expected[mapping]);
  });

  it('makes all that ascii takes for the same the same under every mapping', () => {
    fc.assert(
      fc.property(nick, nick, casemapping, (a, b, mapping) => {
        if (sameNick(a, b, 'ascii')) expect(sameNick(a, b, mapping)).toBe(true);
      }),
    );
  });
});

describe('the casemapping of a server', () => {
  it('is what it announces, rfc1459 where it announces none, and ascii where it isn’t known', () => {
    for (const mapping of CASEMAPPINGS) expect(parseCasemapping(mapping)).toBe(mapping);
    expect(parseCasemapping(undefined)).toBe('rfc1459');
    for (const odd of ['rfc7613', true, '', 'constructor']) expect(parseCasemapping(odd)).toBe('ascii');
  });
});
