import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObjectStore, ensureBucket, type ObjectStore } from '../../lib/delivery/object-store.ts';
import { startS3Server } from '../../lib/local/s3-server/server.ts';

/** An S3 server under test. */
export interface S3Target {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly close: () => Promise<void>;
}

/** Starts the embedded server in a folder of its own. */
export async function startEmbeddedS3(): Promise<S3Target> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-s3-'));
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'embedded-test-secret' };
  const server = await startS3Server({
    dir,
    accessKeys: [{ id: credentials.accessKeyId, secret: credentials.secretAccessKey }],
  });
  return {
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials,
    close: async () => {
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Opens an object store with a bucket in a target. */
export async function openTestStore(target: S3Target, bucket: string): Promise<ObjectStore> {
  const { endpoint, region, credentials } = target;
  const store = createObjectStore({ endpoint, region, bucket, credentials });
  await ensureBucket(store);
  return store;
}
