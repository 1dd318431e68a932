import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../lib/core/manifest.ts';
import { loadManifests } from '../../../lib/files/load-manifests.ts';
import { TOPICS } from '../../../lib/products/lexicon/topics.ts';
import { manifestJsonSchema } from '../../../scripts/build/manifest-schema.ts';

const AGENTS = fileURLToPath(new URL('../../../agents', import.meta.url));

let agents: readonly Manifest[];
beforeAll(async () => {
  agents = await loadManifests([AGENTS]);
});

const read = (name: string, file: string): Promise<string> => readFile(`${AGENTS}/${name}/${file}`, 'utf8');
const named = (name: string): Manifest => agents.find(({ metadata }) => metadata.name === name) ?? expect.fail(name);
const buyers = (): readonly Manifest[] => agents.filter(({ spec }) => spec.role === 'buyer');

describe('the 24 agents', () => {
  it('hold the wallets 0 to 23', () => {
    expect(agents.map(({ spec }) => spec.wallet.index)).toEqual(Array.from({ length: 24 }, (_, index) => index));
  });

  it('are six of the system with 2.00 a day and eighteen of the community with 0.50', () => {
    for (const { spec } of agents) expect(spec.budget.daily).toBe(spec.role === 'buyer' ? 500_000n : 2_000_000n);
    expect(buyers()).toHaveLength(18);
  });

  it('make a market in which every product has one seller and somebody who pays its price', () => {
    const offers = agents.flatMap(({ metadata, spec }) => spec.sells.map((offer) => ({ ...offer, by: metadata.name })));
    expect(offers.map(({ product }) => product).sort()).toEqual([
      'raw-logs',
      'skill-profile',
      'soul',
      'topic-map',
      'user-stats',
      'validation',
      'voice-profile',
    ]);
    for (const { product, price, unit, by } of offers) {
      const willing = agents.filter(({ spec }) =>
        spec.buys.some(
          (want) =>
            want.product === product &&
            want.unit === unit &&
            want.maxPrice >= price &&
            (want.sellers === undefined || want.sellers.includes(by)),
        ),
      );
      expect(willing.length, product).toBeGreaterThanOrEqual(product === 'validation' ? 4 : 3);
    }
  });

  it('want only what somebody sells, from sellers that exist, about topics that offers carry', () => {
    const sold = new Set(agents.flatMap(({ spec }) => spec.sells.map(({ product }) => product)));
    const names = new Set(agents.map(({ metadata }) => metadata.name));
    const topics = new Set<string>(TOPICS);
    for (const { metadata, spec } of agents) {
      for (const want of spec.buys) {
        expect(sold, metadata.name).toContain(want.product);
        for (const seller of want.sellers ?? []) expect(names).toContain(seller);
        for (const topic of want.topics) expect(topics, metadata.name).toContain(topic);
      }
    }
  });

  it('of the community are no two alike in what they buy', () => {
    const tastes = buyers().map(({ spec }) =>
      JSON.stringify(spec.buys, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    );
    expect(new Set(tastes).size).toBe(18);
  });

  it('leave two bids at most standing below the list price', () => {
    const price = new Map(agents.flatMap(({ spec }) => spec.sells.map(({ product, price: list }) => [product, list])));
    const low = buyers().filter(({ spec }) =>
      spec.buys.some((want) => want.maxPrice < (price.get(want.product) ?? 0n)),
    );
    expect(low.map(({ metadata }) => metadata.name)).toEqual(['kk-x4rlz', 'kk-0xkysaug']);
    for (const { spec } of low)
      expect(spec.buys.some((want) => want.maxPrice >= (price.get(want.product) ?? 0n))).toBe(true);
  });

  it('include a maker of souls that buys as many skills as voices and can pay for them in a day', () => {
    const { spec } = named('kk-soul-extractor');
    const [skill, voice] = ['skill-profile', 'voice-profile'].map((product) =>
      spec.buys.find((want) => want.product === product),
    );
    expect(skill?.perDay).toBe(voice?.perDay);
    const cost = BigInt(skill?.perDay ?? 0) * (50_000n + 40_000n);
    expect(cost).toBeLessThanOrEqual(spec.budget.daily - spec.budget.reserve);
  });

  it('tell editors which schema they follow, and the schema is current', async () => {
    for (const { metadata } of agents) {
      const [first] = (await read(metadata.name, 'manifest.yaml')).split('\n', 1);
      expect(first).toBe('# yaml-language-server: $schema=../manifest.schema.json');
    }
    expect(await readFile(`${AGENTS}/manifest.schema.json`, 'utf8')).toBe(manifestJsonSchema());
  });

  it('each have a soul of their own that speaks of all they sell and buy', async () => {
    const sentences = new Map<string, string>();
    for (const { metadata, spec } of agents) {
      const soul = await read(metadata.name, 'SOUL.md');
      expect(soul.startsWith(`# ${metadata.name}\n`)).toBe(true);
      const words = soul.split(/\s+/).length;
      expect(words, metadata.name).toBeGreaterThan(150);
      expect(words, metadata.name).toBeLessThan(320);
      for (const { product } of [...spec.sells, ...spec.buys]) expect(soul, metadata.name).toContain(`\`${product}\``);
      for (const sentence of soul.replaceAll('\n', ' ').split(/(?<=[.?!]) /)) {
        if (sentence.length < 25) continue;
        expect(sentences.get(sentence), `${metadata.name}: ${sentence}`).toBeUndefined();
        sentences.set(sentence, metadata.name);
      }
    }
  });
});
