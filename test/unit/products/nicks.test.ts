import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceNicks } from '../../../lib/products/ingest/mentions.ts';
import { createNickBook, type NickBook } from '../../../lib/products/ingest/nick-book.ts';
import { createOptOut } from '../../../lib/products/ingest/opt-out.ts';
import { createPseudonyms } from '../../../lib/products/ingest/pseudonyms.ts';
import { readWordUse } from '../../../lib/products/ingest/word-use.ts';
import { pseudonym } from '../../../lib/products/settings.ts';
import { ubuntuLog } from '../../support/product-chat.ts';
import { corpusOf, TEST_KEY, withFolder } from '../../support/product-maker.ts';

const pseudonyms = createPseudonyms(TEST_KEY);
const bookOf = (...nicks: readonly string[]): NickBook => {
  const has = (nick: string) => nicks.some((one) => one.toLowerCase() === nick.toLowerCase());
  return {
    pseudonymOf: pseudonyms.of,
    isKnown: has,
    isPresent: has,
    isDistinct: (nick) => has(nick) && /[_\d]|[a-z][A-Z]/.test(nick),
    isMentioned: (nick) => has(nick) && /[_\d]|[a-z][A-Z]/.test(nick),
    isGreeted: has,
    isListable: has,
    isNameAtStart: (nick) => has(nick) && /[_\d]|[a-z][A-Z]/.test(nick),
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

describe('the nicks of a log', () => {
  const log = (lines: readonly (readonly [string, string])[]) =>
    ubuntuLog(lines.map(([nick, text]) => ({ nick, text })));
  const masked = async (text: string) =>
    withFolder(async (dir) => {
      const corpus = await corpusOf(dir, { '2020-01-01.raw.txt': text });
      const { days } = await corpus.scan();
      const lines = (await readFile(days[0]?.path ?? '', 'utf8')).trim().split('\n');
      return lines.map((line) => String(JSON.parse(line).text).replaceAll(/anon-[a-z2-7]{10}/g, '@'));
    });

  it('of letters and a digit or two are names where their owners are addressed, and words elsewhere', async () => {
    const lines: [string, string][] = [
      ['usr13', 'hello all'],
      ['bob2', 'usr13: hi'],
      ['ann', 'so usr13 is back'],
      ['ann', 'raid5 over sata2 with usr14'],
    ];
    expect(await masked(log(lines))).toEqual(['hello all', '@: hi', 'so @ is back', 'raid5 over sata2 with usr14']);
  });

  it.each([
    ['usr13 lol', '@ lol'],
    ['bob2 try that', '@ try that'],
    ['carla try that', '@ try that'],
    ['well I am not sure', 'well I am not sure'],
    ['python is picky', 'python is picky'],
    ['eth0 is down', 'eth0 is down'],
    ['sda1 and sdb1 are full', 'sda1 and sdb1 are full'],
    ['ubuntu1 has no sound', 'ubuntu1 has no sound'],
    ['usr14 is nobody here', 'usr14 is nobody here'],
    ['I have bob2 installed', 'I have bob2 installed'],
  ])('at the start of a message are told from words: %s', async (text, expected) => {
    const people = ['usr13', 'bob2', 'carla', 'well', 'python', 'eth0', 'sda1', 'ubuntu1'];
    const lines = people.map((nick): [string, string] => [nick, 'hello']);
    expect((await masked(log([...lines, ['dan', text]]))).at(-1)).toBe(expected);
  });
});

describe('people of the corpus who are absent from a log', () => {
  /** Nicks with signs or digits between letters, and no word at their ends. */
  const nick = fc
    .tuple(
      fc.stringMatching(/^[A-Z]?[a-z]{2,6}q$/),
      fc.constantFrom('_', '|', '[', '^', '3', '77'),
      fc.stringMatching(/^q[a-z]{1,6}$/),
    )
    .map((parts) => parts.join(''));
  /** A book of a log without people, in a corpus of `logs` logs in each of which each of `words` is written. */
  const bookWithout = async (roster: readonly string[], logs = 0, ...words: readonly string[]) => {
    const wordUse = await readWordUse('', true);
    for (let log = 0; log < logs; log += 1) wordUse.add(words);
    const index = { roster: new Set(roster.map(pseudonyms.of)) };
    return createNickBook({ nicks: new Set(), addressed: new Set() }, { index, pseudonyms, wordUse });
  };
  const masked = (text: string, book: NickBook) => replaceNicks(text, book).text.replaceAll(/anon-[a-z2-7]{10}/g, '@');

  it('are pseudonyms where their nick is no word, in any case and with possessives and signs around it', async () => {
    const around = fc.constantFrom(
      ['so says ', ''],
      ['ask ', ' please'],
      ['as ', "'s page says"],
      ['(like ', ')'],
      ['is that "', '"?'],
      ['yes, ', ', and more'],
      ['', ' did that'],
      ['thanks ', '!'],
    );
    const cased = fc.constantFrom('toLowerCase', 'toUpperCase', 'toString');
    await fc.assert(
      fc.asyncProperty(nick, around, cased, async (name, [before, after], written) => {
        const text = masked(`${before}${name[written]()}${after}`, await bookWithout([name]));
        expect(text).toBe(`${before}@${after}`);
      }),
    );
  });

  it('stay in paths, hosts, options, addresses of pages and code, as strangers do everywhere', async () => {
    const around = fc.constantFrom(
      ['see /etc/', ' there'],
      ['on http://', '.org/x'],
      ['in ./', '/bin'],
      ['with --', '=yes'],
      ['call ', '(x)'],
      ['use std::', '::next'],
      ['set $', ' first'],
      ['the ', '.deb of it'],
      ['join #', ' now'],
    );
    await fc.assert(
      fc.asyncProperty(nick, around, async (name, [before, after]) => {
        const text = `${before}${name}${after}`;
        expect(masked(text, await bookWithout([name]))).toBe(text);
        expect(masked(`ask ${name} please`, await bookWithout([]))).toBe(`ask ${name} please`);
      }),
    );
  });

  it.each([
    ['as random832 was', 'random832', ['random']],
    ['what is in Ubuntu_', 'Ubuntu_', []],
    ['o__O what', 'o__O', []],
    ['my SyncMaster is new', 'SyncMaster', []],
    ['my syncmaster is new', 'SyncMaster', ['syncmaster', '@syncmaster']],
    ['the snd_hda module', 'snd_hda', ['snd_hda']],
    ['what a bonjour is', 'bonjour', ['bonjour', '@bonjour']],
  ] as const)('leave words alone that are written like their nick: %s', async (text, name, words) => {
    expect(masked(text, await bookWithout([name], 30, ...words))).toBe(text);
  });

  it('are known by plain nicks too that others are addressed by far more often than the word is written', async () => {
    const book = await bookWithout(['crimsun', 'bob2', 'MonkeyDust'], 30, '@crimsun', '@bob2', '@monkeydust');
    expect(masked('so crimsun and bob2 said', book)).toBe('so @ and @ said');
    expect(masked('MonkeyDust said so', book)).toBe('@ said so');
  });

  it('are known in lists of people, whatever their nicks are elsewhere', async () => {
    const people = ['Dr_Willis', 'zcat[1]', 'Tm_T', 'ocean', 'lamont'];
    const book = await bookWithout(people, 30, 'ocean', 'lamont');
    expect(masked('the ocean, said lamont', book)).toBe('the ocean, said lamont');
    expect(masked('Help! Dr_Willis, zcat[1], lamont, stranger, Tm_T or ocean!', book)).toBe(
      'Help! @, @, @, stranger, @ or @!',
    );
    expect(masked('Help! lamont Dr_Willis ocean zcat[1] Tm_T', book)).toBe('Help! @ @ @ @ @');
    expect(masked('Help! lamont, ocean, wind, rain and Tm_T', book)).toBe('Help! lamont, ocean, wind, rain and @');
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

  it('may have any nick that IRC knows', () => {
    const letter = fc.constantFrom(...'abzAZ059[]\\`_^{|}~-');
    fc.assert(
      fc.property(fc.string({ unit: letter, minLength: 1, maxLength: 12 }), (nick) => {
        const { conceal, isOptedOut } = createOptOut([nick], [['dave', `${nick}-away`]]);
        expect([isOptedOut(nick), isOptedOut('dave')]).toEqual([true, false]);
        expect(conceal(`ask ${nick} please`)).toBe('ask [someone] please');
      }),
    );
    expect(createOptOut(['jean[luc]~'], []).conceal('JEAN{LUC}^: engage')).toBe('[someone]: engage');
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

  it('are the same with what is added to a nick for a while', () => {
    const { isOptedOut } = createOptOut(['carla'], []);
    for (const nick of [
      'carla_',
      '_carla',
      'carla__',
      'carla`',
      'carla^',
      'carla|away',
      'carla[m]',
      '@carla_',
      '.carla',
    ])
      expect([nick, isOptedOut(nick)]).toEqual([nick, true]);
    for (const nick of ['carlas', 'mcarla', 'carla2', 'ann|carla', 'car_la', '[m]', '_'])
      expect([nick, isOptedOut(nick)]).toEqual([nick, false]);
  });

  it('with short names take no other words with them', () => {
    expect(createOptOut(['ann'], []).conceal('Ann has an annual plan, said ann')).toBe(
      '[someone] has an annual plan, said [someone]',
    );
  });
});
