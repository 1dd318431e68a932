import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Corpus, type CorpusScan, openCorpus } from '../../lib/products/corpus.ts';
import { createPseudonyms } from '../../lib/products/ingest/pseudonyms.ts';
import { skillProfile } from '../../lib/products/skill-profile/goods.ts';
import { topicMap } from '../../lib/products/topic-map/goods.ts';
import { voiceProfile } from '../../lib/products/voice-profile/goods.ts';
import { makeAll, TEST_KEY } from '../support/product-maker.ts';

const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'ubuntu-irc');
const pseudonyms = createPseudonyms(TEST_KEY);

describe.skipIf(!existsSync(DATA))('the Ubuntu logs (skipped where ../shared/data/ubuntu-irc is absent)', () => {
  let folder: string;
  let corpus: Corpus;
  let scanned: CorpusScan;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kk-ubuntu-'));
    corpus = await openCorpus({ dir: DATA, workDir: join(folder, 'work'), pseudonymKey: TEST_KEY, now: () => 1 });
    scanned = await corpus.scan();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('become every product, with the right people, within bounds of memory', async () => {
    const { counts, problems, days } = scanned;
    expect([counts.files, counts.days, counts.lines]).toEqual([153, 153, 220_463]);
    // The annotations beside the logs.
    expect([counts.notTaken, problems.map(({ code }) => code)]).toEqual([153, ['products/unrecognized-log']]);
    expect(counts.messages).toBeGreaterThan(196_000);
    expect((await corpus.scan()).counts.filesRead).toBe(0);

    const economy = await makeAll(corpus, join(folder, 'out'));
    const numbers = Object.fromEntries([...economy.goods].map(([name, made]) => [name, made.length]));
    expect(numbers).toEqual({
      'raw-logs': 1,
      'user-stats': 1,
      'topic-map': 1,
      'skill-profile': 40,
      'voice-profile': 40,
      soul: 40,
    });
    const read = async (name: string, nick: string): Promise<unknown> => {
      const made = economy.goods.get(name)?.find(({ order }) => order.subject === pseudonyms.of(nick));
      return made === undefined ? undefined : JSON.parse(await readFile(made.path, 'utf8'));
    };
    const skills = skillProfile.parse(await read('skill-profile', 'ActionParsnip')).skills;
    expect(skills.slice(0, 5).map(({ skill }) => skill)).toContain('apt');
    expect(skills.find(({ skill }) => skill === 'apt')).toMatchObject({ level: 'guides', topic: 'packages' });
    expect(await read('skill-profile', 'ubottu')).toBeUndefined();
    const voice = voiceProfile.parse(await read('voice-profile', 'Dr_Willis'));
    expect(voice.signature.map(({ phrase }) => phrase)).toContain('somthing');
    expect(voice.measures.englishShare.value).toBeGreaterThan(0.9);
    const [map] = economy.goods.get('topic-map') ?? [];
    const topics = topicMap.parse(JSON.parse(await readFile(map?.path ?? '', 'utf8'))).topics;
    expect(topics.slice(0, 3).map(({ topic }) => topic)).toEqual(expect.arrayContaining(['linux', 'packages']));
    expect(days).toHaveLength(153);
    expect(corpus.productSettings(new Set<Hex>()).bots).toContain(pseudonyms.of('ubottu'));
  }, 300_000);

  it('name nobody in front of a colon who is in the channel that day', async () => {
    const { days } = scanned;
    const logs = (await readdir(DATA)).filter((name) => name.endsWith('.raw.txt')).slice(0, 25);
    for (const log of logs) {
      const raw = await readFile(join(DATA, log), 'utf8');
      const nicks = new Set([...raw.matchAll(/^\[\d\d:\d\d\] <([^>]+)>/gm)].map(([, nick = '']) => nick.toLowerCase()));
      const day = days.find(({ label }) => log.startsWith(label));
      const lines = (await readFile(day?.path ?? '', 'utf8')).trim().split('\n');
      const messages = lines.map((line): { text: string; who: string } => JSON.parse(line));
      expect(messages.filter(({ who }) => !who.startsWith('anon-'))).toEqual([]);
      const named = messages.filter(({ text }) => nicks.has(/^([^\s:]+):\s/.exec(text)?.[1]?.toLowerCase() ?? ''));
      expect(named).toEqual([]);
    }
  }, 300_000);
});
