import { createHash } from 'node:crypto';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { openGoodsStore } from '../../../lib/delivery/goods-store.ts';
import { bytesOf, id, temporaryFolder } from '../../support/goods.ts';

describe('the goods store', () => {
  it('keeps bytes under their SHA-256, once, however they come in', async () => {
    const dir = await temporaryFolder();
    const store = await openGoodsStore(join(dir, 'store'));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        const digest: Hex = `0x${createHash('sha256').update(bytes).digest('hex')}`;
        const source = join(dir, 'source');
        await writeFile(source, bytes);
        const file = await store.put(bytes);
        expect(file).toEqual({ path: store.path(digest), digest, sizeBytes: bytes.length });
        expect(await store.put(source)).toEqual(file);
        expect(await store.adopt(source)).toEqual(file);
        expect(Buffer.from(await readFile(file.path)).equals(bytes)).toBe(true);
        await expect(stat(source)).rejects.toMatchObject({ code: 'ENOENT' });
        expect(await store.has(digest)).toBe(true);
        expect((await store.list()).filter((one) => one.digest === digest)).toEqual([file]);
      }),
      { numRuns: 20 },
    );
    expect(await readdir(join(dir, 'store', 'incoming'))).toEqual([]);
  });

  it('lists in the order of digests and finds the same after opening again', async () => {
    const dir = await temporaryFolder();
    const store = await openGoodsStore(dir);
    for (let index = 0; index < 10; index += 1) await store.put(Buffer.from(`goods ${index}`));
    const listed = await store.list();
    expect(listed).toHaveLength(10);
    expect(listed.map(({ digest }) => digest)).toEqual(listed.map(({ digest }) => digest).sort());
    expect(await (await openGoodsStore(dir)).list()).toEqual(listed);
  });

  it('removes goods, and doesn’t mind when they are gone', async () => {
    const store = await openGoodsStore(await temporaryFolder());
    const { digest } = await store.put(Buffer.from('x'));
    await store.remove(digest);
    await store.remove(digest);
    expect(await store.has(digest)).toBe(false);
    expect(await store.list()).toEqual([]);
  });

  it('takes many at once, the same and others', async () => {
    const store = await openGoodsStore(await temporaryFolder());
    const goods = Array.from({ length: 20 }, (_, index) => bytesOf(20_000, index % 4));
    await Promise.all(goods.map((bytes) => store.put(bytes)));
    expect(await store.list()).toHaveLength(4);
  });

  it('mends a file that a crash left short', async () => {
    const store = await openGoodsStore(await temporaryFolder());
    const { path } = await store.put(Buffer.from('the whole'));
    await writeFile(path, 'the');
    await store.put(Buffer.from('the whole'));
    expect(await readFile(path, 'utf8')).toBe('the whole');
  });

  it('refuses anything but a digest as a name', async () => {
    const store = await openGoodsStore(await temporaryFolder());
    const names: readonly Hex[] = ['0x../../../../etc/passwd', '0x', `0x${'A'.repeat(64)}`, `0x${'a'.repeat(63)}/`];
    for (const name of names) {
      expect(() => store.path(name)).toThrow(expect.objectContaining({ code: 'delivery/bad-digest' }));
      await expect(store.partial(name)).rejects.toMatchObject({ code: 'delivery/bad-digest' });
    }
  });

  it('has a folder for each unfinished download and clears only what was abandoned', async () => {
    const dir = await temporaryFolder();
    const store = await openGoodsStore(dir);
    const folder = await store.partial(id(1));
    await writeFile(join(folder, 'part'), 'x');
    await writeFile(join(dir, 'incoming', 'young'), 'x');
    await writeFile(join(dir, 'incoming', 'old'), 'x');
    await utimes(join(dir, 'incoming', 'old'), 0, 0);
    const again = await openGoodsStore(dir);
    expect(await readdir(join(dir, 'incoming'))).toEqual(['young']);
    expect(await readFile(join(await again.partial(id(1)), 'part'), 'utf8')).toBe('x');
    expect(await again.partials()).toEqual([id(1)]);
    await again.removePartial(id(1));
    expect(await again.partials()).toEqual([]);
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
