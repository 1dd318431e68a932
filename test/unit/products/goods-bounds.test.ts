import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_GOODS_BYTES, maxGoodsBytesOf } from '../../../lib/core/goods-bounds.ts';
import { createIndexCache } from '../../../lib/products/chat-index/index-cache.ts';
import { openLibrary } from '../../../lib/products/chat-index/library.ts';
import type { InputRef } from '../../../lib/products/definition.ts';
import { createProducts } from '../../../lib/products/registry.ts';
import { DEFAULT_SETTINGS } from '../../../lib/products/settings.ts';
import { voiceProfile } from '../../../lib/products/voice-profile/goods.ts';
import { sha256 } from '../../../lib/work/digest.ts';
import { inProcess } from '../../../lib/work/executor.ts';
import { helpChannel, ubuntuLog } from '../../support/product-chat.ts';
import { corpusOf, definitionOf, makeAll, withFolder } from '../../support/product-maker.ts';
import { differentWords, logLine, many, rawLogs } from '../../support/raw-logs.ts';

const LETTERS = [...'abcdefghijklm'];
const JSON_PRODUCTS = [...createProducts().keys()].filter((product) => product !== 'raw-logs');
/** Products that others are made from, which agents therefore parse by themselves. */
const INGREDIENTS = ['skill-profile', 'voice-profile'];

/** A file of zeros that takes no room on the disk. */
async function zeros(dir: string, product: string, sizeBytes: number): Promise<InputRef> {
  const path = join(dir, `${product}-${sizeBytes}`);
  const file = await open(path, 'w');
  await file.truncate(sizeBytes);
  await file.close();
  return { product, path, digest: sha256(product), label: '' };
}

describe('the largest goods of a product', () => {
  it('are fewer bytes than of all goods wherever they are parsed as a whole', () => {
    for (const product of JSON_PRODUCTS) expect(maxGoodsBytesOf(product), product).toBeLessThan(MAX_GOODS_BYTES);
    for (const product of INGREDIENTS) expect(maxGoodsBytesOf(product), product).toBeLessThanOrEqual(128 * 1024);
    expect(maxGoodsBytesOf('raw-logs', 1)).toBeLessThan(MAX_GOODS_BYTES);
    expect(maxGoodsBytesOf('raw-logs', 100_000)).toBe(MAX_GOODS_BYTES);
    expect(maxGoodsBytesOf('unheard-of')).toBe(MAX_GOODS_BYTES);
  });

  it('are several times those that are really made', async () => {
    await withFolder(async (dir) => {
      const logs = { '2020-01-01.raw.txt': ubuntuLog(helpChannel('wizard', ['ann', 'bob', 'carla'], 60)) };
      const economy = await makeAll(
        await corpusOf(dir, { 'corpus.yaml': 'minMessages: 40\n', ...logs }),
        join(dir, 'o'),
      );
      for (const { order, sizeBytes } of [...economy.goods.values()].flat()) {
        expect(sizeBytes * 4, order.product).toBeLessThan(maxGoodsBytesOf(order.product, order.unitCount));
      }
    });
  });

  it.each(JSON_PRODUCTS)('are never opened past their bound: %s', async (product) => {
    await withFolder(async (dir) => {
      const { path } = await zeros(dir, product, maxGoodsBytesOf(product) + 1);
      await expect(definitionOf(product).summarize(path)).rejects.toMatchObject({
        code: 'products/bad-goods',
        message: expect.stringContaining(`more than ${maxGoodsBytesOf(product)}`),
      });
    });
  });

  it('leave out what a maker bought of them that is larger, and nothing else', async () => {
    await withFolder(async (dir) => {
      const bought = [await zeros(dir, 'skill-profile', 60 * 1024 * 1024), await zeros(dir, 'voice-profile', 65_537)];
      const left: string[] = [];
      const passOver = ({ product }: InputRef, error: unknown) => left.push(`${product} ${String(error)}`);
      expect(await definitionOf('soul').plan(bought, DEFAULT_SETTINGS, inProcess, passOver)).toEqual([]);
      expect(left).toEqual([
        expect.stringMatching(/^skill-profile .*62914560 bytes are more than/),
        expect.stringMatching(/^voice-profile .*65537 bytes are more than/),
      ]);
    });
  });
});

describe('raw logs of a stranger', () => {
  const read = (input: InputRef) => createIndexCache().read(input);

  it('are read as they are honestly made', async () => {
    await withFolder(async (dir) => {
      const { index } = await read(
        await rawLogs(
          dir,
          many(3, (id) => logLine(id)),
        ),
      );
      expect(index.messages).toHaveLength(3);
    });
  });

  it.each([
    [
      'a line longer than a message',
      'longer than 32768 bytes',
      () => [logLine(0, { text: 'é'.repeat(8000) + '\u0001'.repeat(4000) })],
    ],
    [
      'more messages than the largest honest ones',
      'more than 500000 messages',
      () => many(500_001, (id) => logLine(id)),
    ],
    [
      'a stranger in every line',
      'more than 200000 people, days and times',
      () =>
        many(200_001, (id) =>
          logLine(id, {
            who: `anon-${[...id.toString(32).padStart(10, '0')].map((c) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(c, 32)]).join('')}`,
          }),
        ),
    ],
  ])('are bad goods with %s', async (_, why, lines) => {
    await withFolder(async (dir) => {
      const input = await rawLogs(dir, lines());
      await expect(read(input)).rejects.toMatchObject({
        code: 'products/bad-goods',
        message: expect.stringContaining(why),
      });
    });
  });

  it('are bad goods where their header or the whole is too long, and are not read on', async () => {
    await withFolder(async (dir) => {
      const path = join(dir, 'header');
      await writeFile(path, `{"days":[${'[],'.repeat(400_000)}[]]}\n${logLine(0)}`);
      const input = { product: 'raw-logs', path, digest: sha256('x'), label: '' };
      await expect(read(input)).rejects.toMatchObject({
        message: expect.stringContaining('longer than 1048576 bytes'),
      });
      await expect(read(await zeros(dir, 'raw-logs', MAX_GOODS_BYTES + 1))).rejects.toMatchObject({
        message: expect.stringContaining(`more than ${MAX_GOODS_BYTES}`),
      });
    });
  });

  it('are read with a vocabulary and a talkativeness of any size, within bounds', async () => {
    await withFolder(async (dir) => {
      // 600,000 different words of one person.
      const logs = await rawLogs(dir, differentWords(600, 1000));
      const { words, byWord } = await (await read(logs)).wordCounts();
      expect([words, byWord.size]).toEqual([600_000, 500_000]);
      const voices = definitionOf('voice-profile');
      const settings = { ...DEFAULT_SETTINGS, minMessages: 1 };
      const [order] = await voices.plan([logs], settings, inProcess);
      if (order === undefined) throw new Error('no voice was found');
      const io = { executor: inProcess, outDir: join(dir, 'out'), now: () => 0 };
      const made = await voices.make(order, [logs], settings, io);
      const profile = voiceProfile.parse(JSON.parse(await readFile(made.path, 'utf8')));
      // The newest 400 messages are listened to: their evidence starts after the first 200.
      const seen = profile.measures.wordsPerMessage.evidence.map((ref) => Number(ref.split('#')[1]));
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(200);
    });
  });

  it('are left out where all that were bought have more messages than fit into memory at once', async () => {
    await withFolder(async (dir) => {
      const some = many(350_000, (id) => logLine(id));
      const inputs = [await rawLogs(dir, some), await rawLogs(dir, some, { title: 'again' })];
      const left: InputRef[] = [];
      const library = await openLibrary(createIndexCache(), inputs, { passOver: (input) => left.push(input) });
      expect(library.volumes).toHaveLength(1);
      expect(left).toHaveLength(1);
      await expect(openLibrary(createIndexCache(), inputs)).rejects.toMatchObject({ code: 'products/bad-goods' });
    });
  });

  it('are left out where all that were bought are more bytes than fit into memory at once', async () => {
    await withFolder(async (dir) => {
      const long = many(6000, (id) => logLine(id, { text: 'so '.repeat(2600) }));
      const large = [];
      for (const title of ['one', 'two', 'three', 'four', 'five']) large.push(await rawLogs(dir, long, { title }));
      const small = [];
      // Some of them are read after the first that is too much.
      for (const title of LETTERS) small.push(await rawLogs(dir, [logLine(0)], { title }));
      const left: InputRef[] = [];
      const inputs = [...large, ...small];
      await openLibrary(createIndexCache(), inputs, { passOver: (input) => left.push(input) });
      expect(left).toHaveLength(3);
      expect(large).toEqual(expect.arrayContaining(left));
    });
  });
});
