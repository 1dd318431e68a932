import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { formatError, SwarmError } from '../../core/errors.ts';
import { createObjectStore, type ObjectStore } from '../../delivery/object-store.ts';
import { storeFailed } from '../../delivery/store-error.ts';
import { commitFile, writeDurably } from '../../files/durable.ts';
import { type WaitOptions, waitFor } from '../wait-for.ts';

/** Which logs are copied, and to which folder. */
export interface CorpusSyncOptions {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** The folder of the copy; it may contain nothing else. */
  readonly dir: string;
  readonly waitOptions: WaitOptions;
  readonly everyMs?: number;
}

interface Listed {
  readonly name: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

const EVERY_MS = 60_000;
/** The file with the ETag of each copied file. Hidden, so that readers of logs skip it. */
const ETAGS = '.marks.json';
/** A file name that is valid on every system. Folders below the prefix are left out. */
const SAFE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,180}$/;

/**
 * Copies the logs of a bucket into a folder and keeps the copy up to date: fetches new and changed files, removes deleted
 * ones. Never writes to the bucket. Waits until there are logs; the first copy is complete when this resolves.
 */
export async function startCorpusSync(options: CorpusSyncOptions): Promise<{ readonly close: () => Promise<void> }> {
  const { bucket, region, endpoint, credentials, dir, waitOptions, everyMs = EVERY_MS } = options;
  const store = createObjectStore({
    bucket,
    region,
    prefix: options.prefix,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  await mkdir(dir, { recursive: true });
  await waitFor('the logs in the bucket', () => copyOnce(store, dir, waitOptions), waitOptions);
  let isCopying: Promise<void> | undefined;
  const timer = setInterval(() => {
    isCopying ??= copyOnce(store, dir, waitOptions)
      .catch((error: unknown) => waitOptions.log(`the copy of the logs was not updated: ${formatError(error)}`))
      .finally(() => {
        isCopying = undefined;
      });
  }, everyMs);
  return {
    close: async () => {
      clearInterval(timer);
      store.close();
      await isCopying;
    },
  };
}

async function copyOnce(store: ObjectStore, dir: string, { log, signal }: WaitOptions): Promise<void> {
  const listed = await listObjects(store);
  if (listed.length === 0) throw noLogs(store);
  const etags = await readEtags(dir);
  const wanted = new Map(listed.map((object) => [object.name, object]));
  for (const name of await readdir(dir)) {
    if (name === ETAGS || wanted.has(name)) continue;
    await rm(join(dir, name), { force: true });
    etags.delete(name);
  }
  let fetched = 0;
  for (const object of listed) {
    signal.throwIfAborted();
    const size = await stat(join(dir, object.name)).then(
      (found) => found.size,
      () => -1,
    );
    if (etags.get(object.name) === object.etag && size === object.sizeBytes) continue;
    await fetchObject(store, dir, object);
    etags.set(object.name, object.etag);
    await writeDurably(join(dir, ETAGS), JSON.stringify([...etags]));
    fetched += 1;
  }
  if (fetched > 0) log(`copied ${fetched} files of chat logs`);
}

async function listObjects(store: ObjectStore): Promise<readonly Listed[]> {
  const listed: Listed[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await store.client.send(
        new ListObjectsV2Command({ Bucket: store.bucket, Prefix: store.prefix, ContinuationToken: token }),
      );
      for (const { Key: key, Size: sizeBytes, ETag: etag } of page.Contents ?? []) {
        const name = key?.slice(store.prefix.length) ?? '';
        if (key === undefined || sizeBytes === undefined || etag === undefined || !SAFE_NAME.test(name)) continue;
        listed.push({ name, key, sizeBytes, etag });
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  } catch (error) {
    throw storeFailed(`list the logs in ${store.bucket}`, error);
  }
  return listed;
}

/** Fetches one file in the version and size that were listed, or throws. */
async function fetchObject(store: ObjectStore, dir: string, { key, name, etag, sizeBytes }: Listed): Promise<void> {
  const draft = join(dir, `.draft-${name}`);
  try {
    const { Body } = await store.client.send(new GetObjectCommand({ Bucket: store.bucket, Key: key, IfMatch: etag }));
    if (!(Body instanceof Readable)) throw new TypeError('no body');
    await pipeline(Body, createWriteStream(draft));
    const { size } = await stat(draft);
    if (size !== sizeBytes) throw new TypeError(`${size} bytes instead of ${sizeBytes}`);
    await commitFile(draft, join(dir, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw storeFailed(`fetch the log ${name}`, error);
  }
}

async function readEtags(dir: string): Promise<Map<string, string>> {
  try {
    return new Map(
      z.array(z.tuple([z.string(), z.string()])).parse(JSON.parse(await readFile(join(dir, ETAGS), 'utf8'))),
    );
  } catch {
    // Without the ETags all files are fetched again.
    return new Map();
  }
}

function noLogs(store: ObjectStore): SwarmError {
  return new SwarmError({
    code: 'unit/no-logs',
    disposition: 'wait',
    message: `There is no log below ${store.prefix} in ${store.bucket}`,
    next: 'Copy logs (and corpus.yaml) there, as with aws s3 sync.',
  });
}
