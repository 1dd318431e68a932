import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteUnneeded } from '../../../lib/delivery/goods-retention.ts';
import { openGoodsStore } from '../../../lib/delivery/goods-store.ts';
import { createLogFile } from '../../../lib/host/log-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kk-trim-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('trimming goods', () => {
  it('keeps what is offered and what is young, and of the rest the newest up to the bound', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 40 }), isOffered: fc.boolean() }), { maxLength: 8 }),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 8 }),
        async (files, otherBytes, young) => {
          const goods = await openGoodsStore(await mkdtemp(join(folder, 'agent-')));
          const kept = [];
          for (const [at, { size, isOffered }] of files.entries()) {
            const file = await goods.put(Buffer.alloc(size, at));
            await utimes(file.path, 1000 + at, 1000 + at);
            kept.push({ ...file, at, isOffered });
          }
          const offered = new Set(kept.filter(({ isOffered }) => isOffered).map(({ digest }) => digest));
          const olderThanMs = (1000 + young) * 1000;
          await deleteUnneeded(goods, { offered, otherBytes, olderThanMs });
          const left = new Set((await goods.list()).map(({ digest }) => digest));
          for (const { digest, at, isOffered } of kept) {
            const newer = kept.filter((other) => !other.isOffered && other.at >= at);
            const fits = newer.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= otherBytes;
            expect(left.has(digest)).toBe(isOffered || at >= young || fits);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('takes goods that are made again for young', async () => {
    const goods = await openGoodsStore(folder);
    const { path } = await goods.put(Buffer.from('the same'));
    await utimes(path, 1000, 1000);
    await goods.put(Buffer.from('the same'));
    await deleteUnneeded(goods, { offered: new Set(), otherBytes: 0, olderThanMs: 2_000_000 });
    expect(await goods.list()).toHaveLength(1);
  });
});

describe('the log', () => {
  it('stays within two files of its bound, loses no line of the newest, and keeps their order', async () => {
    const path = join(folder, 'swarm.log');
    const log = await createLogFile(path, 4000);
    for (let line = 0; line < 1000; line += 1) {
      log.write(`line ${line}`);
      if (line % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await log.close();
    expect((await readdir(folder)).sort()).toEqual(['swarm.log', 'swarm.log.1']);
    const text = (await readFile(`${path}.1`, 'utf8')) + (await readFile(path, 'utf8'));
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.split(' ').at(-1)));
    const first = lines[0] ?? 0;
    expect(lines).toEqual(Array.from({ length: 1000 - first }, (_, at) => first + at));
    const again = await createLogFile(path, 4000);
    for (let line = 0; line < 2000; line += 1) {
      again.write(`line ${line}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await again.close();
    for (const name of ['swarm.log', 'swarm.log.1'])
      expect((await stat(join(folder, name))).size).toBeLessThan(200_000);
  });
});
