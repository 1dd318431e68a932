import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NickBook, replaceNicks } from '../../../lib/products/ingest/mentions.ts';
import { createOptOut } from '../../../lib/products/ingest/opt-out.ts';
import { createPseudonyms } from '../../../lib/products/ingest/pseudonyms.ts';
import { pseudonym } from '../../../lib/products/settings.ts';
import { TEST_KEY } from '../../support/product-maker.ts';

const pseudonyms = createPseudonyms(TEST_KEY);
const bookOf = (...nicks: readonly string[]): NickBook => {
  const has = (nick: string) => nicks.some((one) => one.toLowerCase() === nick.toLowerCase());
  return {
    pseudonymOf: pseudonyms.of,
    isKnown: has,
    isPresent: has,
    isDistinct: (nick) => has(nick) && /[_\d]|[a-z][A-Z]/.test(nick),
  };
};

describe('pseudonyms', () => {
  it('are the same for the same nick in any case, and of one form for any nick', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 64 }), (nick) => {
        expect(pseudonym.safeParse(pseudonyms.of(nick)).success).toBe(true);
        expect(pseudonyms.of(nick.toUpperCase().toLowerCase())).toBe(pseudonyms.of(nick.toLowerCase()));
      }),
    );
    expect(pseudonyms.of('Foo[away]')).toBe(pseudonyms.of('foo{AWAY}'));
  });

  it('change with the key', () => {
    expect(createPseudonyms(new Uint8Array(32).fill(8)).of('bob')).not.toBe(pseudonyms.of('bob'));
  });

  it('refuse a key that could be guessed', () => {
    expect(() => createPseudonyms(new Uint8Array(8))).toThrow(expect.objectContaining({ code: 'products/weak-key' }));
  });
});

describe('nicks in messages', () => {
  const book = bookOf('bob', 'alice', 'MonkeyDust', 'python', 'hi');
  const bob = pseudonyms.of('bob');
  const alice = pseudonyms.of('alice');

  it.each([
    ['bob: try this', `${bob}: try this`, [bob]],
    ['Bob, alice: both of you', `${bob}, ${alice}: both of you`, [bob, alice]],
    ['bob : spaced', `${bob} : spaced`, [bob]],
    [
      'ask @alice or @stranger99',
      `ask @${alice} or @${pseudonyms.of('stranger99')}`,
      [alice, pseudonyms.of('stranger99')],
    ],
    ['<bob> said so', `<${bob}> said so`, []],
    ['!ics | bob', `!ics | ${bob}`, [bob]],
    ['MonkeyDust please stop', `${pseudonyms.of('monkeydust')} please stop`, [pseudonyms.of('monkeydust')]],
    ['so says MonkeyDust', `so says ${pseudonyms.of('monkeydust')}`, []],
  ])('are pseudonyms where nicks stand: %s', (text, expected, to) => {
    expect(replaceNicks(text, book)).toEqual({ text: expected, to });
  });

  it.each([
    'I like python, and bob is a verb',
    'hi, how are you?',
    'well: it depends',
    'http://bob:80/ is a page',
    'the @reboot line of cron',
  ])('leave ordinary words alone: %s', (text) => {
    expect(replaceNicks(text, bookOf('python', 'hi', 'it', 'is', 'a')).text).toBe(text);
  });
});

describe('people who opted out', () => {
  it('are not to be found by name in any text, whatever stands around it', () => {
    const { conceal, isOptedOut } = createOptOut(['Zaphod_B'], []);
    const filler = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(filler, filler, fc.constantFrom('zaphod_b', 'ZAPHOD_B', 'Zaphod_B'), (before, after, name) => {
        expect(conceal(`${before}${name}${after}`).toLowerCase()).not.toContain('zaphod_b');
      }),
    );
    expect(isOptedOut('zaphod_b')).toBe(true);
    expect(isOptedOut('zaphod')).toBe(false);
  });

  it('stay opted out under the names they change to and come from', () => {
    const { isOptedOut } = createOptOut(
      ['carol'],
      [
        ['carol', 'carol|away'],
        ['carol|away', 'guest7'],
        ['early', 'carol'],
      ],
    );
    expect(['guest7', 'early', 'CAROL|away'].every(isOptedOut)).toBe(true);
    expect(isOptedOut('dave')).toBe(false);
  });

  it('with short names take no other words with them', () => {
    expect(createOptOut(['ann'], []).conceal('Ann has an annual plan, said ann')).toBe(
      '[someone] has an annual plan, said [someone]',
    );
  });
});
