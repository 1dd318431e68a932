import { randomUUID } from 'node:crypto';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { ObjectStore } from '../../lib/delivery/object-store.ts';
import { presignDownload } from '../../lib/delivery/presign.ts';
import { bytesOf } from './goods.ts';
import type { Unavailable } from './radosgw.ts';
import { openTestStore, type S3Target } from './s3.ts';
import { send, signChunked, signHeader } from './s3-sign.ts';

const BUCKET = 'judge';
const now = (): number => Math.floor(Date.now() / 1000);

/** What every S3 server must do, asked of one: the embedded one and an independent judge get the same questions. */
export function judgeS3(name: string, start: () => Promise<S3Target | Unavailable>): void {
  describe(name, () => {
    let started: S3Target | Unavailable | undefined;
    let opened: ObjectStore | undefined;

    beforeAll(async () => {
      started = await start();
      if (!('unavailable' in started)) opened = await openTestStore(started, BUCKET);
    });
    afterAll(async () => {
      opened?.close();
      if (started !== undefined && !('unavailable' in started)) await started.close();
    });

    const law = (
      title: string,
      check: (target: S3Target, client: S3Client, store: ObjectStore) => Promise<void>,
    ): void => {
      it(title, async (context: TestContext) => {
        if (started === undefined || opened === undefined || 'unavailable' in started) {
          context.skip(started !== undefined && 'unavailable' in started ? started.unavailable : 'it did not start');
          return;
        }
        await check(started, opened.client, opened);
      });
    };
    const put = (client: S3Client, key: string, body: Buffer, more: object = {}) =>
      client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body, ...more }));
    const get = async (client: S3Client, key: string, more: object = {}) => {
      const answer = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key, ...more }));
      return { ...answer, bytes: Buffer.from((await answer.Body?.transformToByteArray()) ?? []) };
    };
    const failsWith = (status: number, code?: string) =>
      expect.objectContaining({
        $metadata: expect.objectContaining({ httpStatusCode: status }),
        ...(code === undefined ? {} : { name: code }),
      });

    law('gives back what was put, with its type, metadata and MD5 as entity tag', async (_target, client) => {
      const body = bytesOf(100_000);
      const written = await put(client, 'a/plain', body, { ContentType: 'text/x-test', Metadata: { who: 'me' } });
      const read = await get(client, 'a/plain');
      expect(read.bytes.equals(body)).toBe(true);
      expect(read.ContentType).toBe('text/x-test');
      expect(read.Metadata).toEqual({ who: 'me' });
      expect(read.ETag).toBe(written.ETag);
      const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'a/plain' }));
      expect([head.ContentLength, head.ETag, head.Metadata]).toEqual([100_000, written.ETag, { who: 'me' }]);
    });

    law('keeps an empty object', async (_target, client) => {
      await put(client, 'a/empty', Buffer.alloc(0));
      expect((await get(client, 'a/empty')).bytes).toHaveLength(0);
    });

    law('treats names as names, never as paths', async (_target, client) => {
      const names = [
        '../../etc/passwd',
        'a/../../b',
        '..',
        'ñandú 中文 😀',
        'a b+c%20d&e=f?g#h',
        "it's (a) *key*!",
        'x\\y',
      ];
      for (const key of names) await put(client, `odd/${key}`, Buffer.from(key));
      for (const key of names) expect((await get(client, `odd/${key}`)).bytes.toString()).toBe(key);
      const listed = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'odd/' }));
      expect(listed.Contents?.map(({ Key }) => Key).sort()).toEqual(names.map((key) => `odd/${key}`).sort());
    });

    law('answers ranges, and says when there is nothing in one', async (_target, client) => {
      const body = bytesOf(5000);
      await put(client, 'a/ranged', body);
      const ranges = [
        ['bytes=0-0', body.subarray(0, 1)],
        ['bytes=100-199', body.subarray(100, 200)],
        ['bytes=4990-', body.subarray(4990)],
        ['bytes=4000-9999', body.subarray(4000)],
        ['bytes=-10', body.subarray(4990)],
      ] as const;
      for (const [range, part] of ranges) {
        const read = await get(client, 'a/ranged', { Range: range });
        expect(read.bytes.equals(part), range).toBe(true);
        expect(read.$metadata.httpStatusCode).toBe(206);
        expect(read.ContentRange).toBe(`bytes ${body.indexOf(part)}-${body.indexOf(part) + part.length - 1}/5000`);
      }
      await expect(get(client, 'a/ranged', { Range: 'bytes=5000-' })).rejects.toEqual(failsWith(416));
    });

    law('honours If-Match and If-None-Match on reads', async (_target, client) => {
      const { ETag } = await put(client, 'a/conditional', Buffer.from('one'));
      expect((await get(client, 'a/conditional', { IfMatch: ETag })).bytes.toString()).toBe('one');
      await put(client, 'a/conditional', Buffer.from('two'));
      await expect(get(client, 'a/conditional', { IfMatch: ETag })).rejects.toEqual(failsWith(412));
      await expect(get(client, 'a/conditional', { IfMatch: ETag, Range: 'bytes=1-' })).rejects.toEqual(failsWith(412));
      const { ETag: newer } = await get(client, 'a/conditional', { IfNoneMatch: ETag });
      await expect(get(client, 'a/conditional', { IfNoneMatch: newer })).rejects.toEqual(failsWith(304));
    });

    law('says what is missing', async (_target, client) => {
      await expect(get(client, 'a/nothing')).rejects.toEqual(failsWith(404, 'NoSuchKey'));
      await expect(client.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' }))).rejects.toEqual(failsWith(404));
      const missing = new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'x' });
      await expect(client.send(missing)).rejects.toEqual(failsWith(404, 'NoSuchBucket'));
    });

    law('lists by prefix and delimiter, page by page', async (_target, client) => {
      const keys = Array.from({ length: 25 }, (_, index) => `list/${index % 3}/${String(index).padStart(2, '0')}`);
      await Promise.all(keys.map((key) => put(client, key, Buffer.from(key))));
      const seen: (string | undefined)[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'list/', MaxKeys: 7, ContinuationToken: token }),
        );
        expect(page.Contents?.length).toBeLessThanOrEqual(7);
        seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      expect(seen).toEqual([...keys].sort());
      const folders = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'list/', Delimiter: '/' }));
      expect(folders.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['list/0/', 'list/1/', 'list/2/']);
    });

    law('deletes, one and many, and doesn’t mind what is gone', async (_target, client) => {
      for (const key of ['d/1', 'd/2', 'd/3']) await put(client, key, Buffer.from(key));
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'd/1' }));
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'd/1' }));
      await client.send(
        new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: [{ Key: 'd/2' }, { Key: 'd/none' }] } }),
      );
      const left = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'd/' }));
      expect(left.Contents?.map(({ Key }) => Key)).toEqual(['d/3']);
    });

    law('refuses what nobody signed', async (target) => {
      expect((await fetch(`${target.endpoint}/${BUCKET}/a/plain`)).status).toBe(403);
      const write = await fetch(`${target.endpoint}/${BUCKET}/a/unsigned`, { method: 'PUT', body: 'x' });
      expect(write.status).toBe(403);
    });

    law('refuses a wrong secret and an unknown access key', async (target) => {
      const wrong = { ...target, credentials: { ...target.credentials, secretAccessKey: 'not-the-secret' } };
      const unknown = { ...target, credentials: { ...target.credentials, accessKeyId: 'AKIANOBODY' } };
      const made = { method: 'GET', path: `/${BUCKET}/a/plain` };
      expect(await send(await signHeader(wrong, made))).toEqual(refused('SignatureDoesNotMatch'));
      expect(await send(await signHeader(unknown, made))).toEqual(refused('InvalidAccessKeyId'));
      expect((await send(await signHeader(target, made))).status).toBe(200);
    });

    law('refuses a signed request that was changed: method, path, header, signature', async (target, client) => {
      const made = {
        method: 'PUT',
        path: `/${BUCKET}/t/signed`,
        headers: { 'x-amz-meta-a': '1' },
        body: Buffer.from('x'),
      };
      const signed = await signHeader(target, made);
      const authorization = signed.headers.authorization ?? '';
      const last = authorization.endsWith('0') ? '1' : '0';
      const { body: _body, ...withoutBody } = signed;
      const changed = [
        { ...withoutBody, method: 'GET' },
        { ...signed, url: signed.url.replace('t/signed', 't/other') },
        { ...signed, url: `${signed.url}?x-id=PutObject` },
        { ...signed, headers: { ...signed.headers, 'x-amz-meta-a': '2' } },
        { ...signed, headers: { ...signed.headers, authorization: authorization.slice(0, -1) + last } },
      ];
      for (const request of changed) expect((await send(request)).status).toBe(403);
      await expect(get(client, 't/other')).rejects.toEqual(failsWith(404));
      await expect(get(client, 't/signed')).rejects.toEqual(failsWith(404));
      expect((await send(signed)).status).toBe(200);
    });

    law('stores nothing when the body is not the one that was signed', async (target, client) => {
      const made = { method: 'PUT', path: `/${BUCKET}/t/body`, body: Buffer.from('the signed bytes') };
      const signed = await signHeader(target, made);
      expect((await send({ ...signed, body: Buffer.from('some other bytes') })).status).toBe(400);
      await expect(get(client, 't/body')).rejects.toEqual(failsWith(404));
    });

    law('refuses signatures from another hour', async (target) => {
      for (const hours of [-1, 1]) {
        const signingDate = new Date(Date.now() + hours * 3_600_000);
        const signed = await signHeader(target, { method: 'GET', path: `/${BUCKET}/a/plain`, signingDate });
        expect(await send(signed)).toEqual(refused('RequestTimeTooSkewed'));
      }
    });

    law('takes a body in signed chunks, and none that was tampered with', async (target, client) => {
      const chunks = [bytesOf(70_000, 1), bytesOf(70_000, 2), bytesOf(33, 3)];
      expect((await send(await signChunked(target, `/${BUCKET}/c/good`, chunks))).status).toBe(200);
      expect((await get(client, 'c/good')).bytes.equals(Buffer.concat(chunks))).toBe(true);
      const flip = (body: Buffer): Buffer => {
        const copy = Buffer.from(body);
        copy.writeUInt8(copy.readUInt8(100_000) ^ 1, 100_000);
        return copy;
      };
      const bad = await send(await signChunked(target, `/${BUCKET}/c/bad`, chunks, flip));
      expect(bad.status).toBe(403);
      await expect(get(client, 'c/bad')).rejects.toEqual(failsWith(404));
    });

    law(
      'lets whoever holds a presigned URL read that object, whole or in part, until it expires',
      async (_t, client, store) => {
        const body = bytesOf(3000);
        await put(client, 'p/shared', body);
        const { url } = await presignDownload(store, 'p/shared', { clock: now });
        const whole = await fetch(url);
        expect(whole.status).toBe(200);
        expect(Buffer.from(await whole.arrayBuffer()).equals(body)).toBe(true);
        const part = await fetch(url, {
          headers: { range: 'bytes=1000-', 'if-match': whole.headers.get('etag') ?? '' },
        });
        expect(part.status).toBe(206);
        expect(Buffer.from(await part.arrayBuffer()).equals(body.subarray(1000))).toBe(true);
        const expired = await presignDownload(store, 'p/shared', { clock: () => now() - 61, lifeSeconds: 60 });
        expect((await fetch(expired.url)).status).toBe(403);
        const live = await presignDownload(store, 'p/shared', { clock: () => now() - 50, lifeSeconds: 60 });
        expect((await fetch(live.url)).status).toBe(200);
      },
    );

    law('refuses a presigned URL that was changed in any part', async (_target, client, store) => {
      await put(client, 'p/mine', Buffer.from('mine'));
      await put(client, 'p/yours', Buffer.from('yours'));
      const { url } = await presignDownload(store, 'p/mine', { clock: now });
      const change = (edit: (parsed: URL) => void): string => {
        const parsed = new URL(url);
        edit(parsed);
        return parsed.href;
      };
      const changed = [
        change((parsed) => {
          parsed.pathname = `/${BUCKET}/p/yours`;
        }),
        change((parsed) => parsed.searchParams.set('X-Amz-Expires', '6000')),
        change((parsed) => parsed.searchParams.set('X-Amz-Signature', '0'.repeat(64))),
        change((parsed) => parsed.searchParams.delete('X-Amz-Signature')),
        change((parsed) => parsed.searchParams.set('X-Amz-SignedHeaders', 'host;range')),
        change((parsed) => parsed.searchParams.append('response-content-type', 'text/html')),
      ];
      for (const other of changed) expect((await fetch(other)).status, other).toBeGreaterThanOrEqual(400);
      for (const method of ['PUT', 'DELETE']) {
        const answer = await fetch(url, { method, ...(method === 'PUT' ? { body: 'x' } : {}) });
        expect(answer.status).toBe(403);
      }
      expect(await (await fetch(url)).text()).toBe('mine');
    });

    law('replaces an object whole: a reader sees the one or the other', async (_target, client) => {
      const [one, two] = [bytesOf(400_000, 1), bytesOf(400_000, 2)];
      await put(client, 'r/swapped', one);
      const reads = Array.from({ length: 12 }, async (_, index) => {
        if (index % 3 === 0) await put(client, 'r/swapped', index % 2 === 0 ? two : one);
        return (await get(client, 'r/swapped')).bytes;
      });
      for (const bytes of await Promise.all(reads)) expect(bytes.equals(one) || bytes.equals(two)).toBe(true);
    });

    law('gives each request its own id', async (target) => {
      const ids = await Promise.all(
        [1, 2, 3].map(async () =>
          (await fetch(`${target.endpoint}/${BUCKET}/${randomUUID()}`)).headers.get('x-amz-request-id'),
        ),
      );
      expect(new Set(ids).size).toBe(3);
    });
  });
}

function refused(code: string): object {
  return { status: 403, text: expect.stringContaining(`<Code>${code}</Code>`) };
}
