import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import type { InputRef } from '../../../lib/products/definition.ts';
import { createPseudonyms } from '../../../lib/products/ingest/pseudonyms.ts';
import { TOPICS } from '../../../lib/products/lexicon/topics.ts';
import { createProducts } from '../../../lib/products/registry.ts';
import { replay } from '../../../lib/products/replay.ts';
import { DEFAULT_SETTINGS, pseudonym } from '../../../lib/products/settings.ts';
import { skillProfile } from '../../../lib/products/skill-profile/goods.ts';
import { soul } from '../../../lib/products/soul/goods.ts';
import { topicMap } from '../../../lib/products/topic-map/goods.ts';
import { userStats } from '../../../lib/products/user-stats/goods.ts';
import { voiceProfile } from '../../../lib/products/voice-profile/goods.ts';
import { sha256 } from '../../../lib/work/digest.ts';
import { inProcess } from '../../../lib/work/executor.ts';
import { verifyWork } from '../../../lib/work/work-chain.ts';
import { helpChannel, type Line, ubuntuLog } from '../../support/product-chat.ts';
import {
  corpusOf,
  definitionOf,
  type Economy,
  inputOf,
  makeAll,
  TEST_KEY,
  textOf,
  withFolder,
} from '../../support/product-maker.ts';

const SETTINGS =
  'title: Test channel\nattribution: A Test Corpus (CC-BY)\nminMessages: 40\nbots: [helperbot]\noptOut: [Vanished_One]\n';
const PEOPLE = ['ann', 'bob', 'carla', 'dmitri'];

/** Two days of a channel with a helper, a bot, somebody who opted out and somebody with a hostile name. */
function logs(extra: readonly Line[] = []): Record<string, string> {
  const day = (number: number) =>
    ubuntuLog([
      ...helpChannel('wizard', PEOPLE, 40, number),
      ...Array.from({ length: 50 }, (_, at) => ({ nick: 'helperbot', text: `fact ${at} about apt` })),
      ...Array.from({ length: 50 }, () => ({ nick: 'Vanished_One', text: 'I know python and grub' })),
      { nick: 'ann', text: 'vanished_one: are you there? Vanished_One!' },
      ...extra,
    ]);
  return { 'corpus.yaml': SETTINGS, '2020-01-01.raw.txt': day(0), '2020-01-02.raw.txt': day(1) };
}

const allMade = (economy: Economy) => [...economy.goods.values()].flat();
const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

describe('every product', () => {
  it('is made, reads back through its schema, and shows its work', async () => {
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, logs()), join(dir, 'out'));
      const schemas = {
        'user-stats': userStats,
        'topic-map': topicMap,
        'skill-profile': skillProfile,
        'voice-profile': voiceProfile,
        soul,
      };
      for (const [name, schema] of Object.entries(schemas)) {
        const made = economy.goods.get(name) ?? [];
        expect(made.length, name).toBeGreaterThan(0);
        for (const { path } of made) expect(schema.safeParse(await json(path)).error, name).toBeUndefined();
      }
      for (const { order, path, digest, sizeBytes, work } of allMade(economy)) {
        const bytes = await readFile(path);
        expect([sha256(bytes), bytes.length]).toEqual([digest, sizeBytes]);
        expect(verifyWork(work)).toEqual([]);
        expect(work.at(-1)?.output).toBe(digest);
        expect(Buffer.byteLength(order.title)).toBeLessThanOrEqual(80);
        for (const topic of order.topics) expect(TOPICS).toContain(topic);
        expect(await definitionOf(order.product).summarize(path)).toContain('A Test Corpus (CC-BY)');
      }
    });
  });

  it('is the same bytes again: in another run, another folder, another order of inputs', async () => {
    await withFolder(async (dir) => {
      const one = await makeAll(await corpusOf(dir, logs(), 'one'), join(dir, 'out-one'));
      const two = await makeAll(await corpusOf(dir, {}, 'two'), join(dir, 'out-two'), (inputs) => inputs.reverse());
      const story = (economy: Economy) => allMade(economy).map(({ order, digest, work }) => ({ order, digest, work }));
      expect(story(two)).toEqual(story(one));
    });
  });

  it('knows nothing of people who opted out and profiles no bots', async () => {
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, logs()), join(dir, 'out'));
      expect((await textOf(economy)).toLowerCase()).not.toContain('vanished_one');
      const without = logs();
      delete without['corpus.yaml'];
      const open = await withFolder(async (other) => {
        const everyone = await makeAll(
          await corpusOf(other, { ...without, 'corpus.yaml': 'minMessages: 40\n' }),
          join(other, 'out'),
        );
        return (everyone.goods.get('skill-profile') ?? []).map(({ order }) => order.subject);
      });
      const subjects = (economy.goods.get('skill-profile') ?? []).map(({ order }) => order.subject);
      // The bot and the one who opted out have enough messages for a profile, and none.
      expect(open.length - subjects.length).toBe(2);
    });
  });

  it('lets no nick and no markup of a message into names, titles and pages', async () => {
    const names = ['../../x', '[[kk-karma-hello]]', '<script>', '`rm`', '--help', '\u202eevil', '%00', '$(id)'];
    const text = '[[link]] <img src=x> `code` ![x](y) \u001b[2J $(id) dv:: nvidia apt';
    const extra = names.flatMap((nick) => Array.from({ length: 45 }, () => ({ nick, text })));
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, logs(extra)), join(dir, 'out'));
      for (const { order, path } of allMade(economy)) {
        expect(order.subject).toMatch(/^(?:|\d{4}-\d{2}-\d{2}|anon-[a-z2-7]{10})$/);
        expect(order.title).toMatch(/^[\w ,.:+()-]+$/);
        expect(path).toMatch(/\/[0-9a-f]{64}\.jsonl?$/);
        const page = await definitionOf(order.product).summarize(path);
        expect(page).not.toMatch(/[<`\u0000-\u0009\u000b-\u001f\u202e]|\[\[|!\[|\$\(/);
      }
      const raw = await textOf(economy);
      for (const nick of ['../../x', '<script>', '`rm`', '[[kk-karma-hello]]']) expect(raw).not.toContain(nick);
    });
  });

  it('refuses inputs that are not what they say', async () => {
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, logs()), join(dir, 'out'));
      const io = { executor: inProcess, outDir: join(dir, 'again'), now: () => 0 };
      const [order] = (economy.goods.get('soul') ?? []).map((made) => made.order);
      if (order === undefined) throw new Error('no soul was made');
      const forged = join(dir, 'forged.json');
      await writeFile(forged, '{"product":"skill-profile"}');
      const swapped = economy.inputs.map((input) =>
        order.inputs.includes(input.digest) ? { ...input, path: forged } : input,
      );
      const make = (inputs: readonly InputRef[]) => definitionOf('soul').make(order, inputs, DEFAULT_SETTINGS, io);
      await expect(make([])).rejects.toMatchObject({ code: 'products/input-missing' });
      await expect(make(swapped)).rejects.toMatchObject({ code: 'products/input-changed' });
      const bad: InputRef = { product: 'raw-logs', path: forged, digest: sha256(await readFile(forged)), label: '' };
      await expect(definitionOf('skill-profile').plan([bad], DEFAULT_SETTINGS, inProcess)).rejects.toMatchObject({
        code: 'products/bad-goods',
      });
    });
  });
});

describe('raw logs', () => {
  it('are one bundle of the backlog, then a piece for each new day, then nothing', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, logs());
      const { days } = await corpus.scan();
      const plan = (offered: readonly Hex[], inputs: readonly InputRef[] = days) =>
        definitionOf('raw-logs').plan(inputs, corpus.productSettings(new Set(offered)), inProcess);
      const digests = days.map(({ digest }) => digest);
      expect((await plan([])).map(({ unitCount, subject }) => [unitCount, subject])).toEqual([[2, '']]);
      expect((await plan(digests.slice(0, 1))).map(({ unitCount, subject }) => [unitCount, subject])).toEqual([
        [1, '2020-01-02'],
      ]);
      expect(await plan(digests)).toEqual([]);
    });
  });

  it('bundle older days again when their offers no longer hold', async () => {
    await withFolder(async (dir) => {
      const day = (number: number) => ubuntuLog(helpChannel('wizard', PEOPLE, 2, number));
      const names = ['01', '02', '03', '04'].map((number) => `2020-01-${number}.raw.txt`);
      const corpus = await corpusOf(dir, Object.fromEntries(names.map((name, number) => [name, day(number)])));
      const { days } = await corpus.scan();
      const third = days.slice(2, 3).map(({ digest }) => digest);
      const orders = await definitionOf('raw-logs').plan(days, corpus.productSettings(new Set(third)), inProcess);
      expect(orders.map(({ inputs }) => inputs)).toEqual([[0, 1], [3]].map((at) => at.map((one) => days[one]?.digest)));
    });
  });
});

describe('profiles', () => {
  it('find who helps with what, with messages as evidence for every claim', async () => {
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, logs()), join(dir, 'out'));
      const [top] = economy.goods.get('skill-profile') ?? [];
      const profile = skillProfile.parse(await json(top?.path ?? ''));
      const levels = new Map(profile.skills.map(({ skill, level }) => [skill, level]));
      expect(levels.get('graphics-drivers')).toBe('helps');
      expect(levels.get('boot-and-grub')).toBe('helps');
      const [bundle] = economy.goods.get('raw-logs') ?? [];
      const lines = (await readFile(bundle?.path ?? '', 'utf8'))
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line));
      const byRef = new Map(lines.map((line) => [`${line.day}#${line.id}`, line]));
      for (const name of ['skill-profile', 'voice-profile', 'soul']) {
        for (const { path } of economy.goods.get(name) ?? []) {
          const document = await json(path);
          const refs = [...JSON.stringify(document).matchAll(/"(\d{4}-\d\d-\d\d#\d+)"/g)].map(([, ref = '']) => ref);
          expect(refs.length).toBeGreaterThan(5);
          for (const ref of refs) expect(byRef.get(ref)?.who).toBe(document.subject);
        }
      }
    });
  });

  it('of those who only ask say that they learn', async () => {
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, logs()), join(dir, 'out'));
      const profiles = await Promise.all(
        (economy.goods.get('skill-profile') ?? []).slice(1).map(({ path }) => json(path)),
      );
      expect(profiles.length).toBeGreaterThan(0);
      for (const profile of profiles) for (const { level } of profile.skills) expect(level).toBe('learns');
    });
  });

  it('stay the same when a new day is silent about their subject', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, logs());
      const before = await makeAll(corpus, join(dir, 'out'));
      await writeFile(join(dir, 'logs', '2020-01-03.raw.txt'), ubuntuLog([{ nick: 'ann', text: 'apt is odd today' }]));
      const { days } = await corpus.scan();
      const settings = corpus.productSettings(new Set(before.days.map(({ digest }) => digest)));
      const raw = definitionOf('raw-logs');
      const [order] = await raw.plan(days, settings, inProcess);
      if (order === undefined) throw new Error('the new day is not for sale');
      const made = await raw.make(order, days, settings, {
        executor: inProcess,
        outDir: join(dir, 'out'),
        now: () => 0,
      });
      const bundle = before.inputs.filter(({ product }) => product === 'raw-logs');
      const inputs = [...bundle, { product: 'raw-logs', digest: made.digest, path: made.path, label: '' }];
      for (const name of ['skill-profile', 'voice-profile']) {
        const old = new Map((before.goods.get(name) ?? []).map((one) => [one.order.subject, one.order.key]));
        const now = await definitionOf(name).plan(inputs, DEFAULT_SETTINGS, inProcess);
        expect(now.filter(({ subject, key }) => old.get(subject) !== key)).toHaveLength(1);
      }
    });
  });
});

describe('somebody who opts out of logs that were sold', () => {
  const ZOE = 'zoe_secret';
  const day = (number: number) =>
    ubuntuLog([
      ...helpChannel('wizard', PEOPLE, 40, number),
      ...(number === 3
        ? []
        : Array.from({ length: 60 }, (_, at) => ({ nick: ZOE, text: `grub and apt, again ${at}` }))),
    ]);
  const LOGS = { 'corpus.yaml': 'minMessages: 40\n', '2020-01-01.raw.txt': day(0), '2020-01-02.raw.txt': day(1) };

  it('is profiled no more by whoever has the newer version too, and the replay agrees', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, LOGS);
      const io = { executor: inProcess, outDir: join(dir, 'out'), now: () => 0 };
      const before = await makeAll(corpus, io.outDir);
      const [sold] = before.goods.get('raw-logs') ?? [];
      await writeFile(join(dir, 'logs', 'corpus.yaml'), `minMessages: 40\noptOut: [${ZOE}]\ntitle: other\n`);
      const after = await makeAll(corpus, io.outDir);
      const [newer] = after.goods.get('raw-logs') ?? [];
      if (sold === undefined || newer === undefined) throw new Error('no raw logs were made');
      const subjects = (goods: Economy) => (goods.goods.get('skill-profile') ?? []).map(({ order }) => order.subject);
      const [zoe, ...others] = subjects(before).filter((subject) => !subjects(after).includes(subject));
      expect([zoe, others]).toEqual([expect.stringMatching(/^anon-/), []]);
      for (const bought of [
        [inputOf('raw-logs', sold), inputOf('raw-logs', newer)],
        [inputOf('raw-logs', newer), inputOf('raw-logs', sold)],
      ]) {
        for (const name of ['skill-profile', 'voice-profile']) {
          const orders = await definitionOf(name).plan(bought, DEFAULT_SETTINGS, inProcess);
          expect(orders.map(({ subject }) => subject).sort()).toEqual(subjects(after).sort());
          for (const order of orders) expect(order.inputs).toEqual([newer.digest]);
        }
      }
      // What was sold under the old rules is still replayed under them: the goods carry them.
      const settings = await definitionOf('raw-logs').carriedSettings?.(sold.path);
      const claim = { definition: definitionOf('raw-logs'), inputs: before.inputs, ...sold };
      const verdict = await replay(
        { ...claim, settings: { ...DEFAULT_SETTINGS, ...settings } },
        { executor: inProcess, scratchDir: dir, now: () => 0 },
      );
      expect(verdict).toMatchObject({ ok: true });
    });
  });

  it('leaves no trace in profiles of volumes that were replaced in part', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, { ...LOGS, '2020-01-03.raw.txt': day(3) });
      const io = { executor: inProcess, outDir: join(dir, 'out'), now: () => 0 };
      const [sold] = (await makeAll(corpus, io.outDir)).goods.get('raw-logs') ?? [];
      // Only the second day is read anew: ann is taken out of it at its source.
      await writeFile(join(dir, 'logs', '2020-01-02.raw.txt'), day(1).replaceAll(/^.*<ann>.*\n/gm, ''));
      const { days } = await corpus.scan();
      const settings = corpus.productSettings(new Set([0, 2].flatMap((at) => days[at]?.digest ?? [])));
      const [order] = await definitionOf('raw-logs').plan(days, settings, inProcess);
      if (sold === undefined || order === undefined) throw new Error('no raw logs were made');
      const newer = await definitionOf('raw-logs').make(order, days, settings, io);
      const bought = [inputOf('raw-logs', sold), inputOf('raw-logs', newer)];
      const ann = createPseudonyms(TEST_KEY).of('ann');
      const plan = await definitionOf('voice-profile').plan(bought, DEFAULT_SETTINGS, inProcess);
      const voice = plan.find(({ subject }) => subject === ann);
      if (voice === undefined) throw new Error('ann speaks on other days and is profiled');
      const made = await definitionOf('voice-profile').make(voice, bought, DEFAULT_SETTINGS, io);
      expect((await json(made.path)).days).toMatchObject({ first: '2020-01-01', last: '2020-01-03', active: 2 });
    });
  });
});

describe('the registry', () => {
  it('has every product of the table, each after those that it is made from', () => {
    const names = [...createProducts().keys()];
    expect(names.sort()).toEqual([
      'raw-logs',
      'skill-profile',
      'soul',
      'topic-map',
      'user-stats',
      'validation',
      'voice-profile',
    ]);
    const seen = new Set(['chat', 'validation-case']);
    for (const [name, { from }] of createProducts()) {
      for (const source of from) expect(seen.has(source), `${name} from ${source}`).toBe(true);
      seen.add(name);
    }
    expect(pseudonym.safeParse('anon-abc').success).toBe(false);
  });
});
