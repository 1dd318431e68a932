import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProductDefinition } from '../../../lib/products/definition.ts';
import { createProducts } from '../../../lib/products/registry.ts';
import { helpChannel, ubuntuLog } from '../../support/product-chat.ts';
import { corpusOf, makeAll, withFolder } from '../../support/product-maker.ts';
import { BUYER, SELLER } from '../../support/trade-notes.ts';
import { makerOf, putOffer } from '../../support/workshop.ts';

const PEOPLE = ['ann', 'bob', 'carla', 'dmitri'];
const LOGS = {
  'corpus.yaml': 'minMessages: 40\n',
  '2020-01-01.raw.txt': ubuntuLog(helpChannel('wizard', PEOPLE, 40, 0)),
};

describe('a maker with an input that cannot be read', () => {
  it('goes on with the others, and says so without a path of this machine', async () => {
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, LOGS), join(dir, 'out'));
      const [bundle] = economy.goods.get('raw-logs') ?? [];
      if (bundle === undefined) throw new Error('no raw logs were made');
      const maker = await makerOf(dir, ['skill-profile']);
      const good = await maker.buy('raw-logs', bundle);
      const junk = await maker.buy('raw-logs', { path: await pathOfJunk(dir, 'this is not raw logs\n') });
      const work = await maker.settled();
      expect(work).toMatchObject({ complete: true, status: 'at rest', inputs: new Set([good]) });
      expect(work.orders.length).toBeGreaterThan(0);
      expect(work.problems).toEqual([expect.stringContaining(`raw-logs ${junk.slice(2, 10)} left out: `)]);
      expect(work.problems.join()).not.toContain(dir);
      expect(maker.logged).toHaveLength(1);
    });
  });

  it('tries again after a while, when somebody may have mended it', async () => {
    await withFolder(async (dir) => {
      const economy = await makeAll(await corpusOf(dir, LOGS), join(dir, 'out'));
      const [skill] = economy.goods.get('skill-profile') ?? [];
      const [voice] = economy.goods.get('voice-profile') ?? [];
      if (skill === undefined || voice === undefined) throw new Error('no profiles were made');
      const maker = await makerOf(dir, ['soul']);
      const { subject } = skill.order;
      maker.vault.apply(['skill-profile', 'voice-profile'].map((product) => putOffer(SELLER, { product, subject })));
      await maker.buy('skill-profile', skill);
      const torn = await maker.buy('voice-profile', voice);
      await writeFile(maker.goods.path(torn), '{"torn');
      const before = await maker.settled();
      expect([before.complete, before.orders.length, before.problems.length]).toEqual([true, 0, 1]);
      await writeFile(maker.goods.path(torn), await readFile(voice.path));
      expect((await maker.settled()).orders).toEqual([]);
      maker.advance(600_000);
      const after = await maker.settled();
      expect([after.orders.length, after.problems]).toEqual([1, []]);
    });
  });

  it('withdraws nothing because of a plan that failed, and makes another one later', async () => {
    await withFolder(async (dir) => {
      let isBroken = false;
      const skill = createProducts().get('skill-profile');
      if (skill === undefined) throw new Error('there are no skill profiles');
      const moody: ProductDefinition = {
        ...skill,
        plan: async (...given) => {
          if (isBroken) throw new Error('EMFILE: too many open files, open /var/lib/kk/goods/x');
          return skill.plan(...given);
        },
      };
      const economy = await makeAll(await corpusOf(dir, LOGS), join(dir, 'out'));
      const [bundle] = economy.goods.get('raw-logs') ?? [];
      if (bundle === undefined) throw new Error('no raw logs were made');
      const maker = await makerOf(dir, ['skill-profile'], { definitions: new Map([['skill-profile', moody]]) });
      await maker.buy('raw-logs', bundle);
      const before = await maker.settled();
      isBroken = true;
      await maker.buy('raw-logs', { path: await pathOfJunk(dir, 'x\n') });
      const failed = await maker.settled();
      expect(failed).toMatchObject({ complete: false, status: 'unable to plan what to make' });
      expect(failed.problems).toEqual([expect.stringMatching(/^cannot plan what to make: EMFILE.*open the file$/)]);
      isBroken = false;
      expect((await maker.settled()).complete).toBe(false);
      maker.advance(600_000);
      const after = await maker.settled();
      expect([after.complete, after.orders]).toEqual([true, before.orders]);
    });
  });
});

describe('the seller of logs', () => {
  it('has nothing to do with days as they were before somebody opted out, and offers them anew in one piece', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, { ...LOGS, '2020-01-02.raw.txt': LOGS['2020-01-01.raw.txt'] });
      const maker = await makerOf(dir, ['raw-logs'], { corpus });
      const before = await maker.settled();
      const [bundle] = before.orders;
      if (bundle === undefined) throw new Error('the backlog is not for sale');
      const made = await maker.workshop.make(bundle);
      if (made === undefined) throw new Error('the backlog was not made');
      const offered = { product: 'raw-logs', inputs: [...bundle.inputs], contentDigest: made.digest };
      maker.vault.apply([putOffer(BUYER, offered)]);
      expect((await maker.settled()).orders).toEqual([]);

      await writeFile(join(dir, 'logs', 'corpus.yaml'), 'minMessages: 40\noptOut: [ann]\n');
      await writeFile(join(dir, 'logs', '2020-01-03.raw.txt'), LOGS['2020-01-01.raw.txt']);
      maker.advance(3000);
      const after = await maker.settled();
      expect(bundle.inputs.filter((input) => after.inputs.has(input) || after.past.has(input))).toEqual([]);
      expect(after.orders.map(({ unitCount }) => unitCount)).toEqual([3]);
      const [older, newer] = [
        await maker.workshop.settingsOf('raw-logs', made.digest),
        corpus.productSettings(new Set()),
      ];
      expect(newer.edition).toBeGreaterThan(older.edition);
    });
  });
});

describe('an order', () => {
  it('is made by its own plan, also when new inputs brought another one', async () => {
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, { ...LOGS, '2020-01-02.raw.txt': LOGS['2020-01-01.raw.txt'] });
      const maker = await makerOf(dir, ['raw-logs'], { corpus });
      const [backlog] = (await maker.settled()).orders;
      await writeFile(join(dir, 'logs', '2020-01-03.raw.txt'), LOGS['2020-01-01.raw.txt']);
      maker.advance(3000);
      const [newer] = (await maker.settled()).orders;
      if (backlog === undefined || newer === undefined) throw new Error('there is no backlog');
      expect(newer.key).not.toBe(backlog.key);
      expect((await maker.workshop.make(backlog))?.order).toMatchObject({ key: backlog.key, unitCount: 2 });
    });
  });

  it('is not made any more once somebody in it has opted out', async () => {
    await withFolder(async (dir) => {
      const maker = await makerOf(dir, ['raw-logs'], { corpus: await corpusOf(dir, LOGS) });
      const [backlog] = (await maker.settled()).orders;
      if (backlog === undefined) throw new Error('there is no backlog');
      await writeFile(join(dir, 'logs', 'corpus.yaml'), 'minMessages: 40\noptOut: [ann]\n');
      maker.advance(3000);
      await maker.settled();
      expect(await maker.workshop.make(backlog)).toBeUndefined();
    });
  });
});

async function pathOfJunk(dir: string, text: string): Promise<string> {
  const path = join(dir, 'junk');
  await writeFile(path, text);
  return path;
}
