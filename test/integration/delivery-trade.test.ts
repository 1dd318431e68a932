import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchSealed } from '../../lib/delivery/fetch.ts';
import { deliveryObjectKey } from '../../lib/delivery/object-key.ts';
import { createObjectStore, ensureBucket, type ObjectStore } from '../../lib/delivery/object-store.ts';
import { openSealed } from '../../lib/delivery/open.ts';
import { presignDownload } from '../../lib/delivery/presign.ts';
import { deleteExpired } from '../../lib/delivery/retention.ts';
import { openSealedUrl, sealUrl } from '../../lib/delivery/sealed-url.ts';
import { uploadDelivery } from '../../lib/delivery/upload.ts';
import { bytesOf, id, prepareTrade, type SealedTrade, sellerSeed, temporaryFolder } from '../support/goods.ts';
import { startRadosgw, type Unavailable } from '../support/radosgw.ts';
import { openTestStore, type S3Target, startEmbeddedS3 } from '../support/s3.ts';

const now = (): number => Math.floor(Date.now() / 1000);
const SELLER = 'kk-karma-hello';

async function upload(store: ObjectStore, trade: SealedTrade, tradeId = id(1)) {
  const { path, goods, key, delivery } = trade;
  const recipient = delivery.recipient;
  return uploadDelivery(store, {
    path,
    goods,
    key,
    deliverySeed: sellerSeed,
    seller: SELLER,
    trade: tradeId,
    recipient,
  });
}

for (const [name, start] of [
  ['the embedded S3 server', startEmbeddedS3],
  ['radosgw', startRadosgw],
] as const) {
  describe(`a delivery through ${name}`, () => {
    let target: S3Target | Unavailable;
    let store: ObjectStore;
    beforeAll(async () => {
      target = await start();
      if (!('unavailable' in target)) store = await openTestStore(target, 'deliveries-test');
    });
    afterAll(async () => {
      if ('unavailable' in target) return;
      store.close();
      await target.close();
    });

    for (const sizeBytes of [1, 1008, 100_000, 12_000_000]) {
      it(`brings ${sizeBytes} bytes to the buyer and to no one else`, async (context) => {
        if ('unavailable' in target) return context.skip(target.unavailable);
        const dir = await temporaryFolder();
        const trade = await prepareTrade(bytesOf(sizeBytes), dir);
        const first = await upload(store, trade);
        const again = await upload(store, trade);
        expect(again).toEqual(first);
        expect(first.objectKey).toBe(`deliveries/${SELLER}/${id(1)}`);

        const { url } = await presignDownload(store, first.objectKey, { clock: now });
        const inNote = await sealUrl(url, trade.delivery.recipient);
        expect(inNote).not.toContain('X-Amz');
        const received = await openSealedUrl(inNote, trade.delivery.identity);
        const expected = { sizeBytes, sealedRoot: first.sealedRoot, contentRoot: trade.goods.contentRoot };
        const destDir = join(dir, 'partial');
        await mkdir(destDir);
        const input = { url: received, identity: trade.delivery.identity, destDir, expected };
        expect((await fetchSealed(input)).status).toBe('verified');
        expect((await fetchSealed({ ...input, url: 'http://127.0.0.1:1/' })).status).toBe('verified');

        const destPath = join(dir, 'opened');
        const opened = await openSealed({ dir: destDir, key: trade.key, expected, destPath });
        expect(opened.status).toBe('opened');
        expect(trade.content.equals(await readFile(destPath))).toBe(true);
        expect(opened).toMatchObject({ file: { digest: trade.goods.contentDigest, sizeBytes } });
      });
    }

    it('rejects goods that are not those of the quote, and keeps nothing of them', async (context) => {
      if ('unavailable' in target) return context.skip(target.unavailable);
      const dir = await temporaryFolder();
      const trade = await prepareTrade(bytesOf(50_000), dir);
      const { objectKey, sealedRoot } = await upload(store, trade, id(2));
      const { url } = await presignDownload(store, objectKey, { clock: now });
      const right = { sizeBytes: 50_000, sealedRoot, contentRoot: trade.goods.contentRoot };
      const wrong = [
        [{ ...right, sealedRoot: id(9) }, 'sealed-root'],
        [{ ...right, contentRoot: id(9) }, 'content-root'],
        [{ ...right, sizeBytes: 49_999 }, 'wrong-size'],
        [{ ...right, sizeBytes: 50_001 }, 'wrong-size'],
        [{ ...right, sizeBytes: 40_000 }, 'too-large'],
      ] as const;
      for (const [expected, fault] of wrong) {
        const result = await fetchSealed({ url, identity: trade.delivery.identity, destDir: dir, expected });
        expect(result).toMatchObject({ status: 'rejected', fault });
        await expect(stat(join(dir, 'sealed.bin'))).rejects.toMatchObject({ code: 'ENOENT' });
        await expect(stat(join(dir, 'package.age.part'))).rejects.toMatchObject({ code: 'ENOENT' });
      }
    });

    it('waits for a new URL where the old one has expired, without showing it', async (context) => {
      if ('unavailable' in target) return context.skip(target.unavailable);
      const dir = await temporaryFolder();
      const trade = await prepareTrade(bytesOf(5000), dir);
      const { objectKey, sealedRoot } = await upload(store, trade, id(3));
      const expected = { sizeBytes: 5000, sealedRoot, contentRoot: trade.goods.contentRoot };
      const old = await presignDownload(store, objectKey, { clock: () => now() - 700 });
      const failure = fetchSealed({ url: old.url, identity: trade.delivery.identity, destDir: dir, expected });
      await expect(failure).rejects.toMatchObject({ code: 'delivery/url-refused', disposition: 'wait' });
      const { url } = await presignDownload(store, objectKey, { clock: now });
      const result = await fetchSealed({ url, identity: trade.delivery.identity, destDir: dir, expected });
      expect(result.status).toBe('verified');
    });

    it('deletes what is past its retention and nothing else', async (context) => {
      if ('unavailable' in target) return context.skip(target.unavailable);
      const trade = await prepareTrade(bytesOf(10), await temporaryFolder());
      await upload(store, trade, id(4));
      const other = deliveryObjectKey(store, 'kk-other', id(4));
      await store.client.send(new PutObjectCommand({ Bucket: store.bucket, Key: other, Body: 'x' }));
      await store.client.send(new PutObjectCommand({ Bucket: store.bucket, Key: 'elsewhere', Body: 'x' }));
      expect(await deleteExpired(store, { olderThanSeconds: 3600, clock: now })).toEqual([]);
      const later = { olderThanSeconds: 3600, clock: () => now() + 3700 };
      const mine = await deleteExpired(store, { ...later, seller: SELLER });
      expect(mine.map(({ objectKey }) => objectKey)).toContain(`deliveries/${SELLER}/${id(4)}`);
      expect(mine.every(({ objectKey }) => objectKey.startsWith(`deliveries/${SELLER}/`))).toBe(true);
      expect(await deleteExpired(store, later)).toMatchObject([{ objectKey: other }]);
      expect(await deleteExpired(store, later)).toEqual([]);
    });

    it('says who refuses and who is away, and leaves a changed file unsold', async (context) => {
      if ('unavailable' in target) return context.skip(target.unavailable);
      const trade = await prepareTrade(bytesOf(20_000), await temporaryFolder());
      const stranger = createObjectStore({
        ...target,
        bucket: 'deliveries-test',
        credentials: { ...target.credentials, secretAccessKey: 'wrong' },
      });
      await expect(upload(stranger, trade)).rejects.toMatchObject({
        code: 'delivery/store-refused',
        disposition: 'stop',
      });
      await expect(ensureBucket(stranger)).rejects.toMatchObject({ code: 'delivery/store-refused' });
      const away = createObjectStore({ ...target, endpoint: 'http://127.0.0.1:1', bucket: 'deliveries-test' });
      await expect(upload(away, trade)).rejects.toMatchObject({
        code: 'delivery/store-unreachable',
        disposition: 'wait',
      });
      const changed = { ...trade, goods: { ...trade.goods, contentRoot: id(8) } };
      await expect(upload(store, changed, id(7))).rejects.toMatchObject({ code: 'delivery/goods-changed' });
      for (const sizeBytes of [100_000, 20_001, 19_000, 1]) {
        await writeFile(trade.path, bytesOf(sizeBytes));
        await expect(upload(store, trade, id(7))).rejects.toMatchObject({ code: 'delivery/goods-changed' });
      }
      const none = await presignDownload(store, deliveryObjectKey(store, SELLER, id(7)), { clock: now });
      expect((await fetch(none.url)).status).toBe(404);
    });
  });
}
