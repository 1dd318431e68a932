import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createIndexCache } from '../../../lib/products/chat-index/index-cache.ts';
import { CHAT, type InputRef } from '../../../lib/products/definition.ts';
import { formatMessage } from '../../../lib/products/ingest/message.ts';
import { sha256 } from '../../../lib/work/digest.ts';
import { withFolder } from '../../support/product-maker.ts';

async function aDay(dir: string, name: string, messages: number): Promise<InputRef> {
  const lines = Array.from({ length: messages }, (_, n) =>
    formatMessage({
      id: n,
      day: '2026-11-20',
      time: '10:00:00',
      who: `anon-${name.repeat(10)}`,
      text: `line ${n} of ${name}`,
    }),
  );
  const text = lines.join('');
  const path = join(dir, name);
  await writeFile(path, text);
  return { product: CHAT, digest: sha256(text), path, label: '2026-11-20' };
}

describe('the indexes of chat', () => {
  it('are read once for all who ask at a time and as long as they are kept, by digest', async () => {
    await withFolder(async (dir) => {
      const cache = createIndexCache();
      const day = await aDay(dir, 'a', 3);
      const [one, other] = await Promise.all([cache.read(day), cache.read({ ...day, path: join(dir, 'nowhere') })]);
      expect(other).toBe(one);
      await rm(day.path);
      expect(await cache.read(day)).toBe(one);
      expect(await one.exchanges()).toBe(await one.exchanges());
      await expect(createIndexCache().read(day)).rejects.toThrow();
    });
  });

  it('are not kept where they could not be read', async () => {
    await withFolder(async (dir) => {
      const cache = createIndexCache();
      const day = await aDay(dir, 'a', 3);
      await rm(day.path);
      await expect(cache.read(day)).rejects.toThrow();
      await aDay(dir, 'a', 3);
      expect((await cache.read(day)).index.messages).toHaveLength(3);
    });
  });
});
