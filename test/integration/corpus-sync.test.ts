import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObjectStore, ensureBucket, type ObjectStore } from '../../lib/delivery/object-store.ts';
import { startCorpusSync } from '../../lib/host/container/corpus-sync.ts';
import { type S3Server, startS3Server } from '../../lib/local/s3-server/server.ts';
import { eventually } from '../support/swarm.ts';

const PREFIX = 'agents/kk-karma-hello/';
const PATIENCE_MS = 60_000;
const credentials = { accessKeyId: 'KKTEST', secretAccessKey: 'secret' };

describe('the copy of the logs of a bucket', () => {
  let root: string;
  let server: S3Server;
  let store: ObjectStore;
  const heard: string[] = [];
  const end = new AbortController();

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'kk-corpus-'));
    server = await startS3Server({
      dir: join(root, 's3'),
      accessKeys: [{ id: credentials.accessKeyId, secret: credentials.secretAccessKey }],
    });
    store = createObjectStore({ endpoint: server.endpoint, region: 'us-east-1', bucket: 'corpus', credentials });
    await ensureBucket(store);
  });
  afterAll(async () => {
    store?.close();
    await server?.close();
    await rm(root, { recursive: true, force: true });
  });

  const put = (key: string, text: string) =>
    store.client.send(new PutObjectCommand({ Bucket: 'corpus', Key: key, Body: text }));
  const startSync = (dir: string) =>
    startCorpusSync({
      bucket: 'corpus',
      prefix: PREFIX,
      region: 'us-east-1',
      endpoint: server.endpoint,
      credentials,
      dir,
      waitOptions: { log: (line) => heard.push(line), signal: end.signal },
      everyMs: 50,
    });
  const visible = async (dir: string) => (await readdir(dir)).filter((name) => !name.startsWith('.')).sort();
  const holds = (dir: string, files: Readonly<Record<string, string>>) =>
    eventually('the copy is up', PATIENCE_MS, async () => {
      const names = await visible(dir);
      const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
      const found = Object.fromEntries(names.map((name, i) => [name, texts[i]]));
      return JSON.stringify(found) === JSON.stringify(files) ? true : undefined;
    });

  it('waits for the first log, follows what is new, changed and gone, and mends what was damaged here', async () => {
    const dir = join(root, 'copy');
    const starting = startSync(dir);
    await eventually('it waits', PATIENCE_MS, async () =>
      heard.some((line) => line.startsWith('waiting for')) ? true : undefined,
    );
    await put(`${PREFIX}2024-01-01.log`, 'one');
    const sync = await starting;
    await holds(dir, { '2024-01-01.log': 'one' });
    await put(`${PREFIX}2024-01-02.log`, 'two');
    await put(`${PREFIX}2024-01-01.log`, 'uno');
    await holds(dir, { '2024-01-01.log': 'uno', '2024-01-02.log': 'two' });
    await store.client.send(new DeleteObjectCommand({ Bucket: 'corpus', Key: `${PREFIX}2024-01-01.log` }));
    await holds(dir, { '2024-01-02.log': 'two' });
    await writeFile(join(dir, '2024-01-02.log'), 'cut short by a kill');
    await writeFile(join(dir, 'left-over'), '');
    await holds(dir, { '2024-01-02.log': 'two' });
    await sync.close();
  });

  it('takes nothing from elsewhere: no other prefix, no folder, no name that leads out', async () => {
    const dir = join(root, 'hostile');
    await put('agents/kk-karma-hello2/2024-01-09.log', 'a neighbour');
    await put(`${PREFIX}deep/2024-01-09.log`, 'a folder');
    await put(`${PREFIX}..`, 'out');
    await put(`${PREFIX}.marks.json`, '[]');
    const sync = await startSync(dir);
    await holds(dir, { '2024-01-02.log': 'two' });
    await sync.close();
    expect(await visible(dir)).toEqual(['2024-01-02.log']);
  });
});
