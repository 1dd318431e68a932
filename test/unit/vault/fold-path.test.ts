import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldPath } from '../../../lib/vault/fold-path.ts';
import { isSafePath, pathOwner } from '../../../lib/vault/paths.ts';

/** Letters that some file system or Unicode form takes for others, beside any others. */
const letter = fc.oneof(
  fc.constantFrom(
    ...'kKK sSſßẞiIİıåÅÅﬁﬀΣσςǰŉΐᾳͅ각가ㅏａ／．…²'.split(''),
    '\u0301',
    '\u0345',
    '\ufe0f',
    '\u034f',
    '\u3164',
  ),
  fc.constantFrom('/', 'agents', 'kk-b', 'shared', 'people', 'ledger.md', 'treasury'),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const anyPath = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(''));

describe('foldPath', () => {
  it.each([
    ['case', 'agents/KK-b/State.md', 'agents/kk-B/state.MD'],
    ['the Kelvin sign', 'agents/\u212ak-b/x', 'agents/kk-b/x'],
    ['a long s', 'di\u017fk', 'disk'],
    ['a sharp s in both cases', 'stra\u00dfe \u1e9e', 'STRASSE SS'],
    ['a sigma at the end', 'ΟΔΟΣ', 'οδος'],
    ['a sigma that is not', 'οδοσ', 'οδος'],
    ['composed and decomposed letters', 'a\u0301', '\u00e1'],
    ['Hangul', '\u1112\u1161\u11ab', '\u1112\u1161\u11ab'.normalize('NFC')],
    ['marks in another order', 'a\u0323\u0301', 'a\u0301\u0323'],
    ['ligatures', '\ufb01le', 'file'],
    ['fullwidth letters', '\uff41\uff47', 'ag'],
    ['variation selectors', '\u2764\ufe0f', '\u2764'],
    ['a dotless i', 'd\u0131r', 'DIR'],
  ])('takes for one what differs in %s', (_what, one, other) => {
    expect(foldPath(one)).toBe(foldPath(other));
  });

  it('keeps apart what every file system keeps apart', () => {
    const names = ['a', 'b', 'á', 'a/b', 'ab', 'а', 'a／b', 'a-b', 'a_b', '日本', '日木'];
    expect(new Set(names.map(foldPath)).size).toBe(names.length);
  });

  it('folds what is folded to itself, whatever its case and Unicode form were, and keeps the number of parts', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const folded = foldPath(path);
        expect(foldPath(folded)).toBe(folded);
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
          const other = path.split('/').map((part) => part.normalize(form));
          if (other.some((part) => part.includes('/'))) continue;
          expect(foldPath(other.join('/'))).toBe(folded);
        }
        // An iota below a letter becomes a letter in upper case, which moves marks; no file system does that.
        if (path.normalize('NFD').includes('\u0345')) return;
        for (const other of [path.toUpperCase(), path.toLowerCase()]) expect(foldPath(other)).toBe(folded);
        expect(folded.split('/')).toHaveLength(path.split('/').length);
      }),
      { numRuns: 5000 },
    );
  });

  it('leads no valid path to what belongs to another', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        if (!isSafePath(path)) return;
        const canonical = foldPath(path).toLowerCase();
        const owner = pathOwner(canonical);
        if (owner !== 'people') expect(pathOwner(path)).toBe(owner);
      }),
      { numRuns: 5000 },
    );
  });
});
