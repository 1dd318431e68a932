import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { projectPath } from '../../lib/files/project.ts';
import type { InputRef, PassOver, ProductDefinition, WorkOrder } from '../../lib/products/definition.ts';
import { createIsolatedProducts } from '../../lib/products/isolation/isolated-products.ts';
import { DEFAULT_SETTINGS } from '../../lib/products/settings.ts';
import { inProcess } from '../../lib/work/executor.ts';
import { createJobProcess, type JobProcessOptions } from '../../lib/work/job-process.ts';
import { compareWork } from '../../lib/work/work-chain.ts';
import { helpChannel, ubuntuLog } from '../support/product-chat.ts';
import { corpusOf, definitionOf, makeAll, withFolder } from '../support/product-maker.ts';
import { differentWords, logLine, many, rawLogs } from '../support/raw-logs.ts';
import { shared } from '../support/shared.ts';
import { makerOf } from '../support/workshop.ts';

/** Enough for what is honest here, and too little for what is not. */
const SMALL: Partial<JobProcessOptions> = { maxHeapMib: 64 };
const SETTINGS = { ...DEFAULT_SETTINGS, minMessages: 1 };
const HOSTILE = 'anon-hhhhhhhhhh';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function away(bounds: Partial<JobProcessOptions> = {}) {
  const { products, close } = createIsolatedProducts(bounds);
  closers.push(close);
  return {
    products,
    definition: (name: string): ProductDefinition => {
      const found = products.get(name);
      if (found === undefined) throw new Error(`there is no product ${name}`);
      return found;
    },
  };
}

/** A plan with what was left out of it, and why. */
async function planOf(definition: ProductDefinition, inputs: readonly InputRef[]) {
  const left: { readonly digest: string; readonly error: unknown }[] = [];
  const passOver: PassOver = ({ digest }, error) => left.push({ digest, error });
  return { orders: await definition.plan(inputs, SETTINGS, inProcess, passOver), left };
}

/** The folder of the bundle from which `swarm-ops` starts. */
async function bundleFolder(): Promise<string> {
  const { findBundle } = (await import(pathToFileURL(projectPath('scripts/program-bundle.js')).href)) as {
    readonly findBundle: (root: string) => string | undefined;
  };
  const program = findBundle(projectPath('.'));
  if (program === undefined) throw new Error('there is no bundle');
  return dirname(program);
}

const ioOf = (dir: string) => ({ executor: inProcess, outDir: join(dir, 'made'), now: () => 0 });
const honestLogs = (dir: string) =>
  rawLogs(
    dir,
    many(300, (id) => logLine(id, { text: `how do i mount disk ${id}? try fstab` })),
  );

describe('work on bought goods, in a process of its own', () => {
  it('gives the same orders, bytes and records as in this one', async () => {
    await withFolder(async (dir) => {
      const log = ubuntuLog(helpChannel('wizard', ['ann', 'bob', 'carla', 'dmitri'], 40, 0));
      const corpus = await corpusOf(dir, { 'corpus.yaml': 'minMessages: 40\n', '2020-01-01.raw.txt': log });
      const economy = await makeAll(corpus, join(dir, 'out'));
      const { definition } = away();
      for (const product of ['skill-profile', 'voice-profile', 'soul']) {
        const honest = economy.goods.get(product) ?? [];
        expect(honest.length, product).toBeGreaterThan(0);
        const orders = await definition(product).plan(economy.inputs, DEFAULT_SETTINGS, inProcess);
        expect(orders).toEqual(honest.map(({ order }) => order));
        for (const one of honest) {
          const made = await definition(product).make(one.order, economy.inputs, DEFAULT_SETTINGS, ioOf(dir));
          expect([made.order, made.digest, made.sizeBytes]).toEqual([one.order, one.digest, one.sizeBytes]);
          expect(await readFile(made.path)).toEqual(await readFile(one.path));
          expect(compareWork(one.work, made.work)).toEqual([]);
          expect(made.work.map(({ executor }) => executor)).toEqual(one.work.map(({ executor }) => executor));
        }
      }
    });
  });

  it('leaves this one free while hostile logs of different words are worked on', async () => {
    await withFolder(async (dir) => {
      const logs = await rawLogs(dir, differentWords(4000, 150, { who: HOSTILE }));
      /** How often this process could do something else while a voice was heard. */
      const turnsDuring = async (voices: ProductDefinition) => {
        const [order] = await voices.plan([logs], SETTINGS, inProcess);
        if (order === undefined) throw new Error('no voice was found');
        let turns = 0;
        let isOver = false;
        const turn = () => {
          turns += 1;
          if (!isOver) setImmediate(turn);
        };
        turn();
        const made = await voices.make(order, [logs], SETTINGS, ioOf(dir));
        isOver = true;
        return { turns, digest: made.digest };
      };
      const here = await turnsDuring(definitionOf('voice-profile'));
      const there = await turnsDuring(away().definition('voice-profile'));
      expect(there.digest).toBe(here.digest);
      expect(there.turns).toBeGreaterThan(20 * here.turns);
    });
  });

  it('leaves out the input that takes too much and makes the rest, and does not try it again', async () => {
    await withFolder(async (dir) => {
      const honest = await honestLogs(dir);
      const hostile = await rawLogs(
        dir,
        many(8000, (id) => logLine(id, { who: HOSTILE, text: `${'so '.repeat(2600)}${id}` })),
      );
      const skills = away(SMALL).definition('skill-profile');
      const { orders, left } = await planOf(skills, [hostile, honest]);
      expect(left.map(({ digest }) => digest)).toEqual([hostile.digest]);
      const why = { code: 'products/bad-goods', message: expect.stringContaining('more memory or time') };
      expect(left[0]?.error).toMatchObject(why);
      expect(orders).toEqual((await planOf(definitionOf('skill-profile'), [honest])).orders);
      const again = await planOf(skills, [honest, hostile]);
      // The error of the first time: what was remembered.
      expect(again.left[0]?.error).toBe(left[0]?.error);
      expect(again.orders).toEqual(orders);
      await expect(skills.plan([hostile], SETTINGS, inProcess)).rejects.toBe(left[0]?.error);
    });
  });

  it('makes an honest person’s goods without the logs that speak in their name and take too much to be worked on', async () => {
    await withFolder(async (dir) => {
      const economy = away(SMALL);
      const maker = await makerOf(dir, ['voice-profile'], { definitions: economy.products });
      const honest = await maker.buy('raw-logs', await honestLogs(dir));
      const day = '2026-11-21';
      // Few enough to be planned; their words are counted when a voice is compared with them.
      const hostile = await maker.buy('raw-logs', await rawLogs(dir, differentWords(1000, 500, { day }), { day }));
      const [both] = (await maker.settled()).orders;
      if (both === undefined) throw new Error('nothing was planned');
      expect(new Set(both.inputs)).toEqual(new Set([honest, hostile]));
      await expect(maker.workshop.make(both)).rejects.toMatchObject({ code: 'products/bad-goods' });
      const after = await maker.settled();
      expect(after.problems).toEqual([expect.stringContaining(`raw-logs ${hostile.slice(2, 10)} left out`)]);
      expect([...after.inputs]).toEqual([honest]);
      const [order, ...more] = after.orders;
      expect([order?.inputs, more]).toEqual([[honest], []]);
      expect((await maker.workshop.make(order as NonNullable<typeof order>))?.order.inputs).toEqual([honest]);
    });
  });

  it('does not offer to make again what could not be made', async () => {
    await withFolder(async (dir) => {
      const maker = await makerOf(dir, ['voice-profile'], { definitions: away(SMALL).products });
      await maker.buy('raw-logs', await rawLogs(dir, differentWords(1000, 500)));
      const [order] = (await maker.settled()).orders;
      if (order === undefined) throw new Error('nothing was planned');
      await expect(maker.workshop.make(order)).rejects.toMatchObject({ code: 'products/bad-goods' });
      expect((await maker.workshop.read(maker.vault.index())).orders).toEqual([]);
      expect((await maker.settled()).orders).toEqual([]);
    });
  });

  it.each([
    ['an image', async () => join(dirname(await shared('program')), 'program')],
    ['the sources', bundleFolder],
  ])('is done by the program as it is built for %s', async (_, folder) => {
    const entry = join(await folder(), 'goods-process.js');
    const jobs = createJobProcess({ entry, maxHeapMib: 64, timeoutMs: 60_000, idleMs: 60_000 });
    closers.push(jobs.close);
    const plan = { type: 'plan', product: 'soul', inputs: [], settings: DEFAULT_SETTINGS, passesOver: true };
    expect(await jobs.run(plan)).toEqual({ orders: [] satisfies readonly WorkOrder[], passedOver: [] });
  });
});
