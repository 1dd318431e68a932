import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { encryptStream } from './age.ts';
import type { ObjectStore } from './object-store.ts';
import { storeFailed } from './store-error.ts';

/**
 * Uploads bytes encrypted to one reader, streaming: at most two parts of 5 MiB are in memory. An object that is there
 * already is replaced as a whole.
 * @throws SwarmError `delivery/store-refused`, `delivery/store-unreachable`, and what `bytes` throws.
 */
export async function putEncrypted(
  store: ObjectStore,
  objectKey: string,
  bytes: AsyncGenerator<Uint8Array>,
  recipient: string,
): Promise<void> {
  const body = Readable.from(await encryptStream(bytes, recipient), { objectMode: false });
  const upload = new Upload({
    client: store.client,
    params: { Bucket: store.bucket, Key: objectKey, Body: body, ContentType: 'application/octet-stream' },
    queueSize: 2,
  });
  try {
    await upload.done();
  } catch (error) {
    throw storeFailed(`upload ${objectKey}`, error);
  } finally {
    body.destroy();
  }
}
