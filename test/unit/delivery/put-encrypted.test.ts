import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { deriveDeliveryKey } from '../../../lib/delivery/delivery-key.ts';
import { createObjectStore } from '../../../lib/delivery/object-store.ts';
import { putEncrypted } from '../../../lib/delivery/put-encrypted.ts';
import { buyerSeed, bytesOf, collect, id, unwrap } from '../../support/goods.ts';

interface Upload {
  readonly announced: number;
  readonly bytes: Buffer;
}

/** A store that answers each upload with the next status, or with S3's code of a bad request; and the uploads that came whole. */
async function storeThatAnswers(...statuses: readonly (number | string)[]) {
  const uploads: Upload[] = [];
  const left = [...statuses];
  const server = createServer((request: IncomingMessage, response) => {
    collect(request).then(
      (bytes) => {
        uploads.push({ announced: Number(request.headers['content-length']), bytes });
        const answer = left.shift() ?? 500;
        response.writeHead(typeof answer === 'string' ? 400 : answer, { etag: '"1"' });
        response.end(typeof answer === 'string' ? `<Error><Code>${answer}</Code></Error>` : undefined);
      },
      () => undefined,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const store = createObjectStore({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'goods',
    credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
  });
  onTestFinished(async () => {
    store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { store, uploads };
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

describe('an upload', () => {
  it('announces its length, and begins anew with all of its bytes when the store is away for a moment', async () => {
    const { store, uploads } = await storeThatAnswers(503, 500, 200);
    const warned = vi.spyOn(console, 'warn');
    const { identity, recipient } = await deriveDeliveryKey(buyerSeed, id(2));
    const content = bytesOf(200_000);
    await putEncrypted(store, 'a/b', () => ({ bytes: piecesOf(content), sizeBytes: content.length }), recipient);
    expect(uploads).toHaveLength(3);
    for (const { announced, bytes } of uploads) {
      expect(announced).toBe(bytes.length);
      expect((await unwrap(bytes, identity)).equals(content)).toBe(true);
    }
    expect(warned).not.toHaveBeenCalled();
  });

  it('begins anew when the store waited in vain for some of it, or has too much to do', async () => {
    const { store, uploads } = await storeThatAnswers('RequestTimeout', 429, 200);
    const { recipient } = await deriveDeliveryKey(buyerSeed, id(2));
    const content = bytesOf(100);
    await putEncrypted(store, 'a/b', () => ({ bytes: piecesOf(content), sizeBytes: content.length }), recipient);
    expect(uploads).toHaveLength(3);
  });

  it('is given up when the store stays away, and at once when it refuses', async () => {
    const content = bytesOf(100);
    const { recipient } = await deriveDeliveryKey(buyerSeed, id(2));
    const open = () => ({ bytes: piecesOf(content), sizeBytes: content.length });
    const away = await storeThatAnswers(503, 503, 503, 503, 200);
    await expect(putEncrypted(away.store, 'a/b', open, recipient)).rejects.toMatchObject({
      code: 'delivery/store-unreachable',
      disposition: 'wait',
    });
    expect(away.uploads).toHaveLength(4);
    const strict = await storeThatAnswers(403, 200);
    await expect(putEncrypted(strict.store, 'a/b', open, recipient)).rejects.toMatchObject({
      code: 'delivery/store-refused',
    });
    expect(strict.uploads).toHaveLength(1);
  });

  it('never ends well with a byte more or less than announced, nor when its bytes fail', async () => {
    const { recipient } = await deriveDeliveryKey(buyerSeed, id(2));
    const content = bytesOf(100_000);
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield content;
      throw new TypeError('the disk is gone');
    }
    for (const [begin, sizeBytes, code] of [
      [() => piecesOf(content), 99_999, 'delivery/goods-changed'],
      [() => piecesOf(content), 30_000, 'delivery/goods-changed'],
      [() => piecesOf(content), 100_001, 'delivery/goods-changed'],
      [() => piecesOf(content), 200_000, 'delivery/goods-changed'],
      [failing, content.length, 'delivery/store-unreachable'],
    ] as const) {
      const { store, uploads } = await storeThatAnswers(200, 200, 200, 200);
      const put = putEncrypted(store, 'a/b', () => ({ bytes: begin(), sizeBytes }), recipient);
      await expect(put).rejects.toMatchObject({ code });
      expect(uploads).toEqual([]);
    }
  });
});
