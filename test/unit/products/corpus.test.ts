import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCorpus } from '../../../lib/products/corpus.ts';
import { parseCorpusSettings } from '../../../lib/products/ingest/corpus-settings.ts';
import { corpusOf, TEST_KEY, withFolder } from '../../support/product-maker.ts';

const LOG =
  '[10:00] <ann> hello\n[10:01] <bob> ann: hi\n=== carl [c@host]  has joined #x\n[10:02] <ann> bob, carl: yes\n';
const failsWith = (code: string) =>
  expect.objectContaining({ code, disposition: 'stop', next: expect.stringMatching(/\w/) });
const messagesOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a folder that holds no chat', () => {
  it('is one clear error: missing, empty, nothing but junk', async () => {
    await withFolder(async (dir) => {
      const open = (name: string) =>
        openCorpus({ dir: join(dir, name), workDir: join(dir, 'work'), pseudonymKey: TEST_KEY, now: () => 1 });
      await expect(open('nowhere')).rejects.toThrow(failsWith('products/corpus-missing'));
      await mkdir(join(dir, 'empty'));
      await expect(open('empty')).rejects.toThrow(failsWith('products/corpus-empty'));
      await mkdir(join(dir, 'junk'));
      const junk = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256));
      await writeFile(join(dir, 'junk', '2020-01-01.raw.txt'), junk);
      await writeFile(join(dir, 'junk', 'photo.jpg'), junk);
      const corpus = await open('junk');
      await expect(corpus.scan()).rejects.toThrow(failsWith('products/corpus-unusable'));
    });
  });
});

describe('a scan', () => {
  it('reads a short log that is full of colours', async () => {
    await withFolder(async (dir) => {
      const log = '[10:00] <ann> \u00034r\u0003 \u0002b\u0002 \u001du\u001d\n[10:01] <bob> \u00033g\u0003\n';
      const { days } = await (await corpusOf(dir, { '2020-01-01.txt': log })).scan();
      expect((await messagesOf(days[0]?.path ?? '')).map(({ text }) => text)).toEqual(['r b u', 'g']);
    });
  });

  it('takes what a log without messages tells of names, and has nothing to say against it', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, {
        'corpus.yaml': 'optOut: [carla]\n',
        '2020-01-01.txt': '=== carla is now known as quietowl\n=== dan [d@host] has joined #x\n',
        '2020-01-02.txt': '[10:00] <ann> quietowl: hello\n[10:01] <quietowl> my words\n',
      });
      const { days, problems } = await corpus.scan();
      const sold = await Promise.all(days.map(({ path }) => readFile(path, 'utf8')));
      expect(sold.join('')).toContain('[someone]: hello');
      expect(sold.join('')).not.toMatch(/quietowl|my words/);
      expect(problems).toEqual([]);
    });
  });

  it('takes all logs to be in the form that the settings name', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, {
        'corpus.yaml': 'format: weechat\n',
        'chat.weechatlog': '2020-01-01 10:00:00\tann\thello\n',
        '2020-01-02.txt': '[10:00] <ann> hello\n',
      });
      const { files, problems } = await corpus.scan();
      expect(files.flatMap(({ format }) => format ?? [])).toEqual(['weechat']);
      expect(problems.map(({ file, code }) => [file, code])).toEqual([['2020-01-02.txt', 'products/unrecognized-log']]);
    });
  });

  it('gives a pseudonymous day, numbered by the lines of the log', async () => {
    await withFolder(async (dir) => {
      const { days, counts, problems } = await (await corpusOf(dir, { '2020-01-01.raw.txt': LOG })).scan();
      const messages = await messagesOf(days[0]?.path ?? '');
      expect(days.map(({ label, product }) => [label, product])).toEqual([['2020-01-01', 'chat']]);
      expect(messages.map(({ id }) => id)).toEqual([0, 1, 3]);
      const [first, second, third] = messages;
      expect(second.to).toEqual([first.who]);
      expect(second.text).toBe(`${first.who}: hi`);
      expect(third.text).toMatch(/^anon-\S{10}, anon-\S{10}: yes$/);
      expect(JSON.stringify(messages)).not.toMatch(/ann|bob|carl/);
      expect([counts.messages, counts.serverLines, problems.length]).toEqual([3, 1, 0]);
    });
  });

  it('skips, mends and counts what is broken, and goes on with the rest', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, {
        '2020-01-01.raw.txt': LOG,
        '2020-01-02.raw.txt': Buffer.concat([
          Buffer.from('[10:00] <ann> caf'),
          Buffer.from([0xe9, 0x0a]),
          Buffer.from('no line\n'),
        ]),
        '2020-01-03.raw.txt': Buffer.alloc(4000, 5),
        '2020-01-04.raw.txt': `[10:00] <ann> ${'x'.repeat(100_000)}\n[10:01] <ann> fine\n`,
        '2020-01-05.jsonl': '{"timestamp":"2020-01-05T01:02:03Z","user":"ann","message":"hi"}\n{"torn',
        '2020-01-06.raw.txt': 'nothing here is a message\n',
        '2020-01-07.jsonl': `{"user":"ann","message":"${'x'.repeat(200_000)}"}\n{"timestamp":"2020-01-07T01:02:03Z","user":"ann","message":"hi"}\n`,
      });
      const { days, counts, problems } = await corpus.scan();
      expect(days.map(({ label }) => label)).toEqual([
        '2020-01-01',
        '2020-01-02',
        '2020-01-04',
        '2020-01-05',
        '2020-01-07',
      ]);
      expect([counts.mended, counts.tooLong, counts.unparsed]).toEqual([1, 2, 2]);
      expect(problems.map(({ file, code }) => [file, code])).toEqual([
        ['2020-01-03.raw.txt', 'products/binary-log'],
        ['2020-01-06.raw.txt', 'products/unrecognized-log'],
      ]);
      expect((await messagesOf(days[1]?.path ?? ''))[0].text).toBe('caf\ufffd');
    });
  });

  it('reads what is new and only that, also after a restart', async () => {
    await withFolder(async (dir) => {
      const first = await corpusOf(dir, { '2020-01-01.raw.txt': LOG });
      const before = await first.scan();
      expect(before.counts.filesRead).toBe(1);
      expect((await first.scan()).counts.filesRead).toBe(0);
      const second = await corpusOf(dir, { '2020-01-02.raw.txt': LOG });
      const after = await second.scan();
      expect(after.counts.filesRead).toBe(1);
      expect(after.days[0]).toEqual(before.days[0]);
      await writeFile(join(dir, 'logs', '2020-01-02.raw.txt'), `${LOG}[10:09] <ann> more\n`);
      const changed = await second.scan();
      expect([changed.counts.filesRead, changed.days[0]?.digest]).toEqual([1, before.days[0]?.digest]);
      expect(changed.days[1]?.digest).not.toBe(after.days[1]?.digest);
      expect((await readdir(join(dir, 'work', 'days'))).filter((name) => name.startsWith('.'))).toEqual([]);
    });
  });

  it('gives the same days whatever was left in the work folder', async () => {
    await withFolder(async (dir) => {
      const logs = { '2020-01-01.raw.txt': LOG };
      const clean = await (await corpusOf(dir, logs, 'a')).scan();
      await mkdir(join(dir, 'b', 'days'), { recursive: true });
      await writeFile(join(dir, 'b', 'ingest.json'), '{"torn');
      await writeFile(join(dir, 'b', 'word-use.bin'), 'short');
      await writeFile(join(dir, 'b', 'days', '.spool-x-2020-01-01'), 'half a line');
      const dirty = await (await corpusOf(dir, logs, 'b')).scan();
      expect(dirty.days.map(({ digest }) => digest)).toEqual(clean.days.map(({ digest }) => digest));
    });
  });

  it('joins several logs of a day and splits one log of several days', async () => {
    await withFolder(async (dir) => {
      const at = (day: string, text: string) =>
        `${JSON.stringify({ timestamp: `${day}T10:00:00Z`, user: 'ann', text })}\n`;
      const corpus = await corpusOf(dir, {
        '2020-01-01.train-a.raw.txt': LOG,
        '2020-01-01.train-b.raw.txt': LOG,
        'chat.jsonl': at('2020-02-01', 'one') + at('2020-02-02', 'two') + at('2020-02-01', 'three'),
      });
      const { days } = await corpus.scan();
      expect(days.map(({ label }) => label)).toEqual(['2020-01-01', '2020-02-01', '2020-02-02']);
      expect((await messagesOf(days[0]?.path ?? '')).map(({ id }) => id)).toEqual([0, 1, 3, 4, 5, 7]);
      expect((await messagesOf(days[1]?.path ?? '')).map(({ text }) => text)).toEqual(['one', 'three']);
    });
  });

  it('leaves no control, bidi or invisible character and no colour code', async () => {
    await withFolder(async (dir) => {
      const hostile = '[10:00] <ann> \u0002bold\u0003 \u000304,01red \u202eevil\u2066 \u001b[31m a\u200bb \u0000\n';
      const { days } = await (
        await corpusOf(dir, { '2020-01-01.raw.txt': LOG + hostile.replace('\u0000', '') })
      ).scan();
      expect((await messagesOf(days[0]?.path ?? '')).at(-1).text).toBe('bold red evil [31m ab');
    });
  });
});

describe('corpus settings', () => {
  it('have defaults, and errors that name the field', () => {
    const parse = (text: string) => parseCorpusSettings(text, 'corpus.yaml');
    expect(parse('')).toMatchObject({ minMessages: 200, maxProfiles: 40, daySeconds: 86_400, optOut: [] });
    expect(parse('minMessages: 60\noptOut: [ann, 42]\n')).toMatchObject({ minMessages: 60, optOut: ['ann', '42'] });
    for (const bad of ['minMesages: 3', 'daySeconds: -1', 'bots: ann', ': [', '- 1']) {
      expect(() => parse(bad), bad).toThrow(failsWith('products/bad-corpus-settings'));
    }
  });

  it('take effect at the next scan, on the days read before and on new ones', async () => {
    await withFolder(async (dir) => {
      const file = join(dir, 'logs', 'corpus.yaml');
      const corpus = await corpusOf(dir, { '2020-01-01.raw.txt': LOG, '2020-01-02.raw.txt': '[10:00] <ann> hi\n' });
      const before = await corpus.scan();
      const { edition } = corpus.productSettings(new Set());
      await writeFile(file, 'optOut: [Bob]\nbots: [ann]\n');
      await writeFile(join(dir, 'logs', '2020-01-03.raw.txt'), LOG);
      const after = await corpus.scan();
      const said = await Promise.all(after.days.map(async ({ path }) => (await messagesOf(path)).map(({ id }) => id)));
      expect(said).toEqual([[0, 3], [0], [0, 3]]);
      expect(after.days[1]).toEqual(before.days[1]);
      const settings = corpus.productSettings(new Set());
      expect(settings.bots.length).toBeGreaterThan(1);
      expect(settings.edition).toBeGreaterThan(edition);
      await corpus.scan();
      expect(corpus.productSettings(new Set()).edition).toBe(settings.edition);
      const reopened = await corpusOf(dir, {});
      expect((await reopened.scan()).counts.filesRead).toBe(0);
      expect(reopened.productSettings(new Set()).edition).toBe(settings.edition);
    });
  });

  it.each([
    ['broken', 'optOut: [bob\n', 'it cannot be used; what it said before still holds'],
    ['emptied', '', 'it cannot be used; what it said before still holds'],
    ['gone', undefined, 'it is gone; what it said before still holds'],
  ])('that are %s leave everyone opted out who was, and are reported without quoting them', async (_, text, detail) => {
    await withFolder(async (dir) => {
      const file = join(dir, 'logs', 'corpus.yaml');
      const corpus = await corpusOf(dir, { 'corpus.yaml': 'optOut: [bob]\n', '2020-01-01.raw.txt': LOG });
      const before = await corpus.scan();
      await (text === undefined ? rm(file) : writeFile(file, text));
      for (const day of ['2020-01-02', '2020-01-03']) {
        await writeFile(join(dir, 'logs', `${day}.raw.txt`), LOG);
        const { days, problems } = await corpus.scan();
        expect(problems).toEqual([{ file: 'corpus.yaml', code: 'products/bad-corpus-settings', detail }]);
        expect(days[0]).toEqual(before.days[0]);
        expect((await messagesOf(days.at(-1)?.path ?? '')).map(({ id }) => id)).toEqual([0, 3]);
      }
      if (text === undefined) {
        const { days, problems } = await (await corpusOf(dir, {})).scan();
        expect([days[0], problems.length]).toEqual([before.days[0], 1]);
      }
      await writeFile(file, 'optOut: [bob] # in order again\n');
      expect((await corpus.scan()).problems).toEqual([]);
    });
  });

  it('may opt everyone out, and then no day is left', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, { '2020-01-01.raw.txt': LOG });
      await corpus.scan();
      await writeFile(join(dir, 'logs', 'corpus.yaml'), 'optOut: [ann, bob]\n');
      expect(await corpus.scan()).toMatchObject({ days: [], problems: [] });
    });
  });

  it('that name fewer people than before are taken at their word only when they stand still', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, { 'corpus.yaml': 'optOut: [ann, bob]\n', '2020-01-01.raw.txt': LOG });
      await corpus.scan();
      await writeFile(join(dir, 'logs', 'corpus.yaml'), 'title: half\noptOut: [ann]\n');
      await corpus.scan();
      expect(corpus.settings).toMatchObject({ title: 'half', optOut: ['ann', 'bob'] });
      await corpus.scan();
      expect(corpus.settings.optOut).toEqual(['ann']);
    });
  });

  it('that name fewer people after a restart are doubted as well, and empty ones refused', async () => {
    await withFolder(async (dir) => {
      const file = join(dir, 'logs', 'corpus.yaml');
      await (await corpusOf(dir, { 'corpus.yaml': 'optOut: [ann, bob]\n', '2020-01-01.raw.txt': LOG })).scan();
      await writeFile(file, 'optOut: [ann]\n');
      const reopened = await corpusOf(dir, {});
      expect(reopened.settings.optOut).toEqual(['ann', 'bob']);
      await reopened.scan();
      expect(reopened.settings.optOut).toEqual(['ann', 'bob']);
      await reopened.scan();
      expect(reopened.settings.optOut).toEqual(['ann']);
      await writeFile(file, '');
      await expect(corpusOf(dir, {})).rejects.toThrow(failsWith('products/bad-corpus-settings'));
      await writeFile(file, '{}\n');
      const without = await corpusOf(dir, {});
      await without.scan();
      await without.scan();
      expect(without.settings.optOut).toEqual([]);
    });
  });
});
