import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type S3ServerOptions, startS3Server } from '../../lib/local/s3-server/server.ts';
import { bytesOf, temporaryFolder } from '../support/goods.ts';
import { send, signHeader } from '../support/s3-sign.ts';

const KEYS = [
  { id: 'AKADMIN', secret: 'admin-secret' },
  { id: 'AKSELLER', secret: 'seller-secret', prefixes: ['deliveries/kk-a/'] },
];

async function startIn(dir: string, options: Partial<S3ServerOptions> = {}) {
  const server = await startS3Server({ dir, accessKeys: KEYS, ...options });
  onTestFinished(() => server.close());
  const { endpoint } = server;
  const clientOf = (index: 0 | 1, more: object = {}): S3Client => {
    const credentials = { accessKeyId: KEYS[index]?.id ?? '', secretAccessKey: KEYS[index]?.secret ?? '' };
    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials,
      maxAttempts: 1,
      ...more,
    });
    onTestFinished(() => client.destroy());
    return client;
  };
  const target = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKADMIN', secretAccessKey: 'admin-secret' },
  };
  const admin = clientOf(0);
  await admin.send(new CreateBucketCommand({ Bucket: 'goods' })).catch(() => undefined);
  const put = (client: S3Client, Key: string, Body: Buffer | string, more: object = {}) =>
    client.send(new PutObjectCommand({ Bucket: 'goods', Key, Body, ...more }));
  const get = async (client: S3Client, Key: string) => {
    const answer = await client.send(new GetObjectCommand({ Bucket: 'goods', Key }));
    return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
  };
  return { server, admin, clientOf, target, put, get };
}

describe('the embedded S3 server', () => {
  it('keeps objects over a restart, and leaves damaged files alone', async () => {
    const dir = await temporaryFolder();
    const first = await startIn(dir);
    for (const key of ['one', 'two']) await first.put(first.admin, key, key, { Metadata: { key } });
    await first.server.close();
    const objects = join(dir, 'goods', 'objects');
    await writeFile(join(objects, 'f'.repeat(64)), 'no object');
    await writeFile(join(dir, 'goods', 'incoming', 'half-written'), 'x');
    const damaged: string[] = [];
    const again = await startIn(dir, { log: (line) => damaged.push(line) });
    for (const key of ['one', 'two']) expect((await again.get(again.admin, key)).toString()).toBe(key);
    expect(damaged).toHaveLength(1);
    expect(damaged[0]).toContain('damaged');
    expect(await readdir(join(dir, 'goods', 'incoming'))).toEqual([]);
    await again.server.close();
    for (const name of await readdir(objects)) await truncate(join(objects, name), 3);
    const third = await startIn(dir);
    await expect(third.get(third.admin, 'one')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('says that its port is in use, and touches nothing then', async () => {
    const dir = await temporaryFolder();
    const { server } = await startIn(dir);
    await writeFile(join(dir, 'goods', 'incoming', 'being-written'), 'x');
    await expect(startS3Server({ dir, accessKeys: KEYS, port: server.port })).rejects.toMatchObject({
      code: 'local/port-in-use',
      disposition: 'stop',
    });
    expect(await readFile(join(dir, 'goods', 'incoming', 'being-written'), 'utf8')).toBe('x');
  });

  it('keeps every name inside its folder', async () => {
    const dir = await temporaryFolder();
    const { admin, put, target } = await startIn(join(dir, 'inner'));
    for (const key of ['../../../outside', '..', '.', '/etc/passwd', 'a\u0000b', '%2e%2e%2fx']) {
      await put(admin, key, 'x').catch(() => undefined);
    }
    for (const path of ['/../outside', '/goods/../../outside', '/..%2f..%2foutside', '/goods/%00', '/goods/%ff']) {
      await fetch(`${target.endpoint}${path}`, { method: 'PUT', body: 'x' });
    }
    expect(await readdir(dir)).toEqual(['inner']);
    expect(await readdir(join(dir, 'inner'))).toEqual(['goods']);
    for (const name of await readdir(join(dir, 'inner', 'goods', 'objects'))) expect(name).toMatch(/^[0-9a-f]{64}$/);
  });

  it('confines an access key to its prefixes', async () => {
    const { admin, clientOf, put, get } = await startIn(await temporaryFolder());
    const seller = clientOf(1);
    await put(admin, 'deliveries/kk-b/x', 'theirs');
    await put(seller, 'deliveries/kk-a/x', 'mine');
    expect((await get(seller, 'deliveries/kk-a/x')).toString()).toBe('mine');
    const denied = expect.objectContaining({ name: 'AccessDenied' });
    await expect(get(seller, 'deliveries/kk-b/x')).rejects.toEqual(denied);
    await expect(put(seller, 'deliveries/kk-b/x', 'changed')).rejects.toEqual(denied);
    const list = (Prefix: string) => seller.send(new ListObjectsV2Command({ Bucket: 'goods', Prefix }));
    await expect(list('deliveries/')).rejects.toEqual(denied);
    expect((await list('deliveries/kk-a/')).KeyCount).toBe(1);
    await expect(seller.send(new CreateBucketCommand({ Bucket: 'another' }))).rejects.toEqual(denied);
    const Objects = [{ Key: 'deliveries/kk-a/x' }, { Key: 'deliveries/kk-b/x' }];
    const { Deleted, Errors } = await seller.send(new DeleteObjectsCommand({ Bucket: 'goods', Delete: { Objects } }));
    expect([Deleted?.length, Errors?.length]).toEqual([1, 1]);
    expect((await get(admin, 'deliveries/kk-b/x')).toString()).toBe('theirs');
  });

  it('writes once where If-None-Match: * asks for it, whoever comes first', async () => {
    const { admin, put, get } = await startIn(await temporaryFolder());
    const writes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => put(admin, 'once', `writer ${index}`, { IfNoneMatch: '*' })),
    );
    const won = writes.findIndex(({ status }) => status === 'fulfilled');
    expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await get(admin, 'once')).toString()).toBe(`writer ${won}`);
    await expect(put(admin, 'once', 'late', { IfMatch: '"wrong"' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
  });

  it('takes what the SDK sends by default: streams with checksums in trailers', async () => {
    const { clientOf, get, admin } = await startIn(await temporaryFolder());
    const client = clientOf(0, { requestChecksumCalculation: 'WHEN_SUPPORTED' });
    for (const sizeBytes of [10, 300_000, 12_000_000]) {
      const body = bytesOf(sizeBytes);
      const params = {
        Bucket: 'goods',
        Key: `sdk/${sizeBytes}`,
        Body: Readable.from([body]),
        ContentLength: sizeBytes,
      };
      await client.send(new PutObjectCommand(params));
      expect((await get(admin, `sdk/${sizeBytes}`)).equals(body)).toBe(true);
    }
  });

  it('refuses a body that doesn’t have the checksum it came with', async () => {
    const { target, get, admin } = await startIn(await temporaryFolder());
    for (const name of ['content-md5', 'x-amz-checksum-crc32', 'x-amz-checksum-sha256', 'x-amz-checksum-sha1']) {
      const headers = { [name]: 'AAAAAA==', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
      const made = { method: 'PUT', path: '/goods/bad', headers, body: Buffer.from('x') };
      const answer = await send(await signHeader(target, made));
      expect(answer.text, name).toContain('<Code>BadDigest</Code>');
    }
    await expect(get(admin, 'bad')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('refuses too large bodies before reading them, and forgets broken ones', async () => {
    const dir = await temporaryFolder();
    const { admin, put, target } = await startIn(dir, { maxObjectBytes: 1000 });
    await expect(put(admin, 'large', Buffer.alloc(1001))).rejects.toMatchObject({ name: 'EntityTooLarge' });
    await put(admin, 'fits', Buffer.alloc(1000));
    const made = { method: 'PUT', path: '/goods/cut', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } };
    const { headers } = await signHeader(target, made);
    const url = new URL(target.endpoint);
    const head = Object.entries({ ...headers, 'content-length': '900' }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const socket = connect(Number(url.port), url.hostname);
    socket.write(`PUT /goods/cut HTTP/1.1\r\n${head.join('')}\r\nonly this`);
    await expect.poll(async () => (await readdir(join(dir, 'goods', 'incoming'))).length).toBe(1);
    socket.destroy();
    await expect.poll(async () => (await readdir(join(dir, 'goods', 'incoming'))).length).toBe(0);
    expect(await readdir(join(dir, 'goods', 'objects'))).toHaveLength(1);
  });

  it('answers garbage with an error and lives on', async () => {
    const { target, admin, put, get } = await startIn(await temporaryFolder());
    const url = new URL(target.endpoint);
    const garbage = [
      'GET / HTTP/1.1\r\n\r\n',
      '\u0000\u0001\u0002\r\n\r\n',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      'PUT /goods/x HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
      'GET http://elsewhere/goods/x HTTP/1.1\r\nhost: x\r\n\r\n',
      'GET /%E0%A4%A HTTP/1.1\r\nhost: x\r\n\r\n',
    ];
    for (const text of garbage) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(Number(url.port), url.hostname);
        let received = '';
        socket.on('data', (bytes) => {
          received += bytes.toString('latin1');
          if (received.includes('\r\n\r\n')) socket.destroy();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(received));
        socket.write(text);
      });
      expect(answer, JSON.stringify(text.slice(0, 40))).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    const entities = '<!DOCTYPE d [<!ENTITY a "aaaa">]><Delete><Object><Key>&a;</Key></Object></Delete>';
    for (const body of [entities, '<Delete>', 'x', '<Delete><Object><Key></Key></Object></Delete>']) {
      const made = { method: 'POST', path: '/goods', query: { delete: '' }, body: Buffer.from(body) };
      expect((await send(await signHeader(target, made))).text).toContain('<Code>MalformedXML</Code>');
    }
    await put(admin, 'still', 'here');
    expect((await get(admin, 'still')).toString()).toBe('here');
  });

  it('writes no signature and no query into its log', async () => {
    const lines: string[] = [];
    const { target } = await startIn(await temporaryFolder(), { log: (line) => lines.push(line) });
    await fetch(`${target.endpoint}/goods/x?token=5ec2e7`);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('5ec2e7');
  });

  it('frees its folder and port at once when closed', async () => {
    const dir = await temporaryFolder();
    const { server, target } = await startIn(dir);
    const idle = connect(server.port, '127.0.0.1');
    idle.on('error', () => undefined);
    await new Promise((resolve) => idle.once('connect', resolve));
    await server.close();
    await expect(fetch(target.endpoint)).rejects.toThrow();
    const again = await startS3Server({ dir, accessKeys: KEYS, port: server.port });
    await again.close();
    expect((await stat(dir)).isDirectory()).toBe(true);
  });
});
