import { mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { expand } from '../../../lib/local/sample-corpus/grammar.ts';
import { COMMAND_BOT, OPTED_OUT, PEOPLE, STREAM_BOT } from '../../../lib/local/sample-corpus/people/everyone.ts';
import { createRandom } from '../../../lib/local/sample-corpus/random.ts';
import { sampleDate, sampleDay } from '../../../lib/local/sample-corpus/sample-day.ts';
import { sampleSettings } from '../../../lib/local/sample-corpus/sample-settings.ts';
import { startSampleCorpus } from '../../../lib/local/sample-corpus/writer.ts';
import { corpusSettingsSchema } from '../../../lib/products/ingest/corpus-settings.ts';
import { jsonLinesFormat } from '../../../lib/products/ingest/formats/json-lines.ts';

const chatLine = z.strictObject({ timestamp: z.iso.datetime(), user: z.string(), message: z.string().min(1).max(400) });
const messagesOf = (seed: string, day: number) =>
  sampleDay(seed, day).lines.map((line) => chatLine.parse(JSON.parse(line)));

const seeds = fc.string({ maxLength: 12 });
const days = fc.integer({ min: 0, max: 3000 });

describe('a day of the sample', () => {
  it('is the same for the same seed and number, and another otherwise', () => {
    fc.assert(
      fc.property(seeds, days, (seed, day) => {
        const made = sampleDay(seed, day);
        expect(sampleDay(seed, day)).toEqual(made);
        expect(sampleDay(seed, day + 1).lines).not.toEqual(made.lines);
        expect(sampleDay(`${seed}'`, day).lines).not.toEqual(made.lines);
      }),
      { numRuns: 15 },
    );
  });

  it('has 440 to 600 messages in order of time, all within the day, without control characters or open brackets', () => {
    fc.assert(
      fc.property(seeds, days, (seed, day) => {
        const messages = messagesOf(seed, day);
        expect(messages.length).toBeGreaterThan(440);
        expect(messages.length).toBeLessThan(600);
        const times = messages.map(({ timestamp }) => timestamp);
        expect([...times].sort()).toEqual(times);
        for (const { timestamp, message } of messages) {
          expect(timestamp.slice(0, 10)).toBe(sampleDate(day));
          expect(message).not.toMatch(/[[\]{}|\p{Cc}]/u);
          expect(message).toBe(message.trim());
        }
      }),
      { numRuns: 25 },
    );
  });

  it('is read by the format of the logs', () => {
    for (const line of sampleDay('format', 3).lines) {
      const parsed = jsonLinesFormat.open({ path: 'day.jsonl', day: undefined }).read(line);
      expect(parsed).toMatchObject({ kind: 'message', action: false });
      const ms = parsed.kind === 'message' && parsed.at.kind === 'instant' ? parsed.at.ms : 0;
      expect(new Date(ms).toISOString().slice(0, 10)).toBe('2024-01-04');
    }
  });

  it('has both languages, bots, and something to redact', () => {
    const week = [0, 1, 2, 3, 4, 5, 6].flatMap((day) => messagesOf('languages', day));
    const users = new Set(week.map(({ user }) => user));
    for (const nick of [COMMAND_BOT, STREAM_BOT, ...OPTED_OUT]) expect(users).toContain(nick);
    const text = week.map(({ message }) => message).join('\n');
    const spanish = week.filter(({ message }) =>
      /\b(?:que|el|la|los|con|por|de|una|para|pero)\b/i.test(message),
    ).length;
    const english = week.filter(({ message }) => /\b(?:the|is|and|with|that)\b/i.test(message)).length;
    expect(spanish).toBeGreaterThan(week.length * 0.15);
    expect(english).toBeGreaterThan(week.length * 0.25);
    expect(text).toMatch(/@example\.(?:org|net|com)/);
    expect(text).toMatch(/(?:203\.0\.113|198\.51\.100|192\.0\.2)\.\d/);
  });

  it('is made of conversations: people address one another', () => {
    const nicks = PEOPLE.map(({ nick }) => nick);
    const messages = messagesOf('address', 2);
    const addressed = messages.filter(({ message }) =>
      nicks.some((nick) => new RegExp(`^@?${nick}[:, ]`).test(message)),
    );
    expect(addressed.length).toBeGreaterThan(messages.length * 0.25);
  });
});

describe('a week of the sample', () => {
  it.each(['karmakadabra', 'a', 'b', 'c', 'd'])('has 25 people or more with 60 messages (seed %s)', (seed) => {
    const counts = new Map<string, number>();
    for (let day = 0; day < 7; day++) {
      for (const { user } of messagesOf(seed, day)) counts.set(user, (counts.get(user) ?? 0) + 1);
    }
    const hidden = new Set<string>([COMMAND_BOT, STREAM_BOT, ...OPTED_OUT]);
    const profiled = [...counts].filter(([user, count]) => count >= 60 && !hidden.has(user));
    expect(profiled.length).toBeGreaterThanOrEqual(25);
  });

  it('says most things once', () => {
    const said = [0, 1, 2, 3, 4, 5, 6].flatMap((day) => messagesOf('variety', day).map(({ message }) => message));
    const long = said.filter((message) => message.length > 40);
    expect(new Set(long).size).toBeGreaterThan(long.length * 0.8);
  });
});

describe('the settings of the sample', () => {
  it('are those that the seller of logs understands', () => {
    const settings = corpusSettingsSchema.parse(parse(sampleSettings()));
    expect(settings).toMatchObject({
      attribution: 'Karmakadabra sample corpus, generated',
      minMessages: 60,
      daySeconds: 60,
      windowDays: 10,
      languages: ['en', 'es'],
      optOut: ['quietriver'],
    });
  });
});

describe('the grammar', () => {
  it('gives one of the alternatives, also nested ones', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const text = expand('a [b|c [d|e]|] {f}', new Map([['f', 'g']]), createRandom(seed));
        expect(['a b g', 'a c d g', 'a c e g', 'a g']).toContain(text);
      }),
    );
  });

  it('refuses a slot that is not there and a bracket that is not closed', () => {
    for (const bad of ['{nothing}', 'a [b|c', 'a ] b', '{open']) {
      expect(() => expand(bad, new Map(), createRandom('x'))).toThrow(RangeError);
    }
  });
});

describe('the growing corpus', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kk-sample-'));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  const logs = async (): Promise<readonly string[]> =>
    (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).sort();

  /** Polls until the folder holds `count` days; fails after ten seconds. */
  async function grown(count: number): Promise<void> {
    await expect
      .poll(async () => (await logs()).length, { timeout: 10_000, interval: 10 })
      .toBeGreaterThanOrEqual(count);
  }

  it('has its first days and its settings at once, and nothing half-written', async () => {
    const corpus = await startSampleCorpus({ dir, seed: 's', firstDays: 3, daySeconds: 3600 });
    await corpus.close();
    expect((await readdir(dir)).sort()).toEqual([
      '2024-01-01.sample.jsonl',
      '2024-01-02.sample.jsonl',
      '2024-01-03.sample.jsonl',
      'corpus.yaml',
    ]);
    const text = await readFile(join(dir, '2024-01-02.sample.jsonl'), 'utf8');
    expect(text).toBe(`${sampleDay('s', 1).lines.join('\n')}\n`);
  });

  it('grows by a day at a time, goes on where it stopped, and leaves what is there as it is', async () => {
    const options = { dir, seed: 's', firstDays: 1, daySeconds: 0.02 };
    const first = await startSampleCorpus(options);
    await grown(3);
    await first.close();
    const before = await logs();
    await writeFile(join(dir, '2024-01-02.sample.jsonl'), 'mine\n');
    const unchanged = (await stat(join(dir, '2024-01-01.sample.jsonl'))).mtimeMs;

    const second = await startSampleCorpus(options);
    await grown(before.length + 2);
    await second.close();
    const after = await logs();
    expect(after).toEqual(after.map((_, number) => `${sampleDate(number)}.sample.jsonl`));
    expect(await readFile(join(dir, '2024-01-02.sample.jsonl'), 'utf8')).toBe('mine\n');
    expect((await stat(join(dir, '2024-01-01.sample.jsonl'))).mtimeMs).toBe(unchanged);
  });

  it('makes no day while it is slowed down, and the next at once when it is not', async () => {
    const corpus = await startSampleCorpus({ dir, seed: 's', firstDays: 1, daySeconds: 0.2 });
    corpus.slowTo(1e6);
    const slow = (await logs()).length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await logs()).length).toBeLessThanOrEqual(slow + 1);
    corpus.slowTo(1);
    await grown(slow + 2);
    await corpus.close();
  });

  it('brings one day at once after a long absence, not all that were missed', async () => {
    const options = { dir, seed: 's', firstDays: 2, daySeconds: 3600 };
    await (await startSampleCorpus(options)).close();
    const long = new Date(Date.now() - 50 * 3600 * 1000);
    for (const name of await logs()) await utimes(join(dir, name), long, long);
    const heard: string[] = [];
    const corpus = await startSampleCorpus({ ...options, log: (line) => heard.push(line) });
    await grown(3);
    await corpus.close();
    expect(await logs()).toHaveLength(3);
    expect(heard).toEqual(['sample day 2024-01-03 arrived']);
  });

  it('says when a day cannot be written, and tries it again', async () => {
    const heard: string[] = [];
    const corpus = await startSampleCorpus({
      dir,
      seed: 's',
      firstDays: 1,
      daySeconds: 0.02,
      log: (line) => heard.push(line),
    });
    // At once, whatever is being written in it.
    const gone = `${dir}-gone`;
    await rename(dir, gone);
    await expect
      .poll(() => heard.filter((line) => line.includes('could not be written')).length, { timeout: 30_000 })
      .toBeGreaterThan(1);
    await corpus.close();
    await rm(gone, { recursive: true });
    expect(heard.join('\n')).not.toContain('    at ');
  });
});
