import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCorpusSettings } from '../../../lib/products/ingest/corpus-settings.ts';
import { namesInEntry } from '../../../lib/products/ingest/listed-names.ts';
import { createOptOut } from '../../../lib/products/ingest/opt-out.ts';
import { corpusOf, withFolder } from '../../support/product-maker.ts';

const LOG = '[10:00] <carla> mine\n[10:01] <ann> hello\n';
const optOutOf = (text: string) => parseCorpusSettings(text, 'corpus.yaml').optOut;

describe('an entry of the list of opt-outs', () => {
  it.each(['0xcafe', '007', '1e10', '0o17', '1_000', '.5', '~', 'yes', 'no', 'null', 'true', '2024-05-03', '+5', '-1'])(
    'is a name as it is written: %s',
    (name) => {
      expect(optOutOf(`optOut: [${name}]`)).toEqual([name]);
      expect(optOutOf(`optOut:\n  - ${name}\n  - "[${name}]"`)).toEqual([name, `[${name}]`]);
      expect(createOptOut(optOutOf(`optOut: [${name}]`), []).isOptedOut(name)).toBe(true);
    },
  );

  it.each([
    ['a map', '- carla: ops'],
    ['a map without a value', '- carla:'],
    ['a list', '- [carla]'],
    ['nothing', '-'],
    ['a comment', '- #carla'],
    ['an anchor', '- &carla'],
    ['an alias', '- *carla'],
    ['a tag', '- !carla'],
    ['a text without quotes that YAML keeps for itself', '- @carla'],
    ['two lines', '- carla\n  - carla\n    dan'],
    ['a pattern', '- "carla*"'],
    ['a label', '- "nick: carla"'],
    ['a page without a name', '- https://twitch.tv/'],
    ['only signs', '- "@:"'],
    ['a lost character', '- "Jos\ufffd"'],
  ])('that is %s stops the start, with the position and without a name', (_, entry) => {
    const parse = () => optOutOf(`title: x\noptOut:\n  - dan\n  ${entry}\n`);
    expect(parse).toThrow(/line [2-6]|optOut/);
    expect(parse).not.toThrow(/carla|dan/);
  });

  it.each(['optOut: #carla', 'optOut: [dan, #carla\n  eve]', 'optOut:', 'optOut: carla', 'optOut: &a [carla]'])(
    'is never swallowed: %s',
    (text) => {
      expect(() => optOutOf(text)).toThrow(expect.objectContaining({ code: 'products/bad-corpus-settings' }));
    },
  );

  it.each([
    ['optOut: [carla]\noptOut: [dan]', 'line 2: a field stands there a second time'],
    ['optout: [carla]', 'line 1: there is no such field; did you mean optOut?'],
    ['title: x\nopt-outs: [carla]', 'line 2: there is no such field; did you mean optOut?'],
    ['optOut:\n\t- carla', 'line 2: a tab stands there'],
    ['timeZone: Mars/Olympus', 'timeZone: must be a time zone'],
  ])('stands in settings whose mistakes are told by line or field: %j', (text, told) => {
    expect(() => optOutOf(text)).toThrow(expect.objectContaining({ message: expect.stringContaining(told) }));
  });

  it.each([
    '@carla',
    '<carla>',
    '<@carla>',
    'carla:',
    ' carla ',
    'carla (ops)',
    'dan, carla',
    'dan; carla',
    'https://twitch.tv/carla',
    'https://www.reddit.com/user/carla/?x=1',
    'twitch.tv/carla',
    'carla#1234',
    'u/carla',
    '/u/carla',
    '`carla`',
    '“carla”',
    "'carla'",
    '"carla"',
    '@carla:matrix.org',
    'carla@discord',
    'carla!~c@host.example',
    '- carla',
    'carla # asked in May',
    'carla aka dan',
    '\u200bcarla\u00a0',
    'ＣＡＲＬＡ',
  ])('means the name in it: %s', (entry) => {
    expect(namesInEntry(entry)).toBeDefined();
    expect(createOptOut([entry], []).isOptedOut('carla')).toBe(true);
    expect(createOptOut([entry], []).isOptedOut('ann')).toBe(false);
  });

  it('matches a name in its forms, and no other name', () => {
    const { isOptedOut, conceal } = createOptOut(['José_Luz', 'Straße', 'ışık', 'Carla Ferro'], []);
    for (const name of [
      'JOSÉ_LUZ',
      'José_Luz',
      'jos\u00c3\u00a9_luz',
      'Jos\ufffd_Luz',
      'STRASSE',
      'IŞIK',
      'carla_ferro',
    ])
      expect(isOptedOut(name), name).toBe(true);
    for (const name of ['j0sé_luz', 'jose', 'carla', 'ferro', 'luz', 'strand'])
      expect(isOptedOut(name), name).toBe(false);
    expect(conceal('so says jos\u00c3\u00a9_luz, to CARLA FERRO')).toBe('so says [someone], to [someone]');
  });

  it('that matches nobody is counted and not named', async () => {
    await withFolder(async (dir) => {
      const settings = 'optOut: [carla, karla, "007"]\n';
      const { problems, counts } = await (
        await corpusOf(dir, { 'corpus.yaml': settings, '2024-05-03.txt': LOG })
      ).scan();
      const detail = '2 of 3 opt-outs matched nobody in these logs; check their spelling';
      expect(problems).toEqual([{ file: 'corpus.yaml', code: 'products/opt-outs-unmatched', detail }]);
      expect(counts.optOutsUnmatched).toBe(2);
      const again = await (await corpusOf(dir, {})).scan();
      expect([again.counts.filesRead, again.counts.optOutsUnmatched]).toEqual([0, 2]);
    });
  });
});

describe('a list that is not the one that is read', () => {
  it.each([
    'corpus.yml',
    'Corpus.YAML',
    'corpus.yaml.txt',
    'corpus (1).yaml',
    'corpus-new.yaml',
    'opt-out.txt',
    'OptOut.csv',
    'opted_out.txt',
    'sub/corpus.yaml',
    'corpus.yaml.bak',
  ])('stops the start, and the error says which one is: %s', async (name) => {
    await withFolder(async (dir) => {
      await mkdir(join(dir, 'logs', 'sub'), { recursive: true });
      await expect(corpusOf(dir, { '2024-05-03.txt': LOG, [name]: 'optOut: [carla]\n' })).rejects.toMatchObject({
        code: 'products/stray-corpus-settings',
        message: expect.stringMatching(/is not read: .*logs\/corpus\.yaml is$/),
      });
    });
  });

  it('is a problem when it comes later, and a copy of an editor beside the settings is none', async () => {
    await withFolder(async (dir) => {
      const good = { 'corpus.yaml': 'optOut: [carla]\n', 'corpus.yaml~': 'optOut: []\n', '2024-05-03.txt': LOG };
      const corpus = await corpusOf(dir, good);
      expect((await corpus.scan()).problems).toEqual([]);
      await writeFile(join(dir, 'logs', 'opt-out.txt'), 'ann\n');
      expect((await corpus.scan()).problems).toMatchObject([
        { file: 'opt-out.txt', code: 'products/stray-corpus-settings' },
      ]);
    });
  });

  it('is one that is not UTF-8', async () => {
    await withFolder(async (dir) => {
      const settings = Buffer.from('optOut: [José]\n', 'latin1');
      await expect(corpusOf(dir, { '2024-05-03.txt': LOG, 'corpus.yaml': settings })).rejects.toMatchObject({
        message: expect.stringContaining('it is not UTF-8'),
      });
    });
  });
});

describe('an identifier that several logs share', () => {
  const line = (user: string, id: string, message: string) =>
    `${JSON.stringify({ user, 'user-id': id, timestamp: 1_714_727_000, message })}\n`;
  const soldOf = async (days: readonly { readonly path: string }[]) =>
    (await Promise.all(days.map(({ path }) => readFile(path, 'utf8')))).join('');

  it('opts out its person in all of them, also in those read before, after a restart, and without a name on disk', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, {
        'corpus.yaml': 'optOut: [carla]\n',
        'a.jsonl': line('kat', '42', 'private words') + line('ann', '7', 'hello kat') + line('bob', '8', 'kat: hi'),
      });
      expect(await soldOf((await corpus.scan()).days)).toContain('private words');
      const later = await corpusOf(dir, { 'b.jsonl': line('CARLA', '42', 'more') + line('ann', '7', 'bye') });
      const { days, counts } = await later.scan();
      const sold = await soldOf(days);
      expect(sold).not.toMatch(/private words|more|kat/);
      expect(sold).toContain('hello [someone]');
      expect(counts.filesRead).toBe(2);
      const reopened = await corpusOf(dir, {
        'c.jsonl': line('kitty', '42', 'still here') + line('ann', '7', 'bye kat'),
      });
      const third = await reopened.scan();
      expect(await soldOf(third.days)).not.toMatch(/still here|kat\b|kitty/);
      expect(third.counts.filesRead).toBeGreaterThan(0);
      expect(await readFile(join(dir, 'work', 'ingest.json'), 'utf8')).not.toMatch(/carla|kat|kitty|:42/i);
      expect((await reopened.scan()).counts.filesRead).toBe(0);
    });
  });

  it('tells two people of one name apart: one is left out, the other is not', async () => {
    await withFolder(async (dir) => {
      const chat = (login: string, id: string, text: string) =>
        `${JSON.stringify({ 'display-name': 'Alex', tags: { username: login, 'user-id': id }, timestamp: 1_714_727_000, message: text })}\n`;
      const logs = { 'a.jsonl': chat('alex_one', '1', 'first') + chat('alex_two', '2', 'second') };
      const both = await (await corpusOf(dir, logs, 'both')).scan();
      const people = (await soldOf(both.days))
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text).who);
      expect(new Set(people).size).toBe(2);
      const corpus = await corpusOf(dir, { 'corpus.yaml': 'optOut: [alex_one]\n' }, 'one');
      const sold = await soldOf((await corpus.scan()).days);
      expect([sold.includes('first'), sold.includes('second')]).toEqual([false, true]);
    });
  });
});
