import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { dispositionOf, SwarmError } from '../core/errors.ts';
import { encryptStream } from './age.ts';
import type { ObjectStore } from './object-store.ts';
import { storeFailed } from './store-error.ts';

/** A byte stream and its size. */
export interface SizedBytes {
  readonly bytes: AsyncGenerator<Uint8Array>;
  readonly sizeBytes: number;
}

/** The number of attempts. The SDK can't retry a stream, so the bytes are created again for each attempt. */
const ATTEMPTS = 4;
const PAUSE_MS = 200;

/**
 * Uploads bytes, encrypted to one reader, in one streamed request: goods are far below the 5 GiB that S3 allows for one.
 * An existing object is replaced completely, or stays unchanged if the upload fails.
 * @param open starts the stream from its first byte; called again if the store could not be reached.
 * @throws SwarmError `delivery/store-refused`, `delivery/store-unreachable`, `delivery/goods-changed` if the size is not as
 * announced, and what the stream throws.
 */
export async function putEncrypted(
  store: ObjectStore,
  objectKey: string,
  open: () => SizedBytes,
  recipient: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await putOnce(store, objectKey, open(), recipient);
    } catch (error) {
      if (attempt === ATTEMPTS || dispositionOf(error) === 'stop') throw error;
    }
    await delay(attempt * PAUSE_MS);
  }
}

async function putOnce(
  store: ObjectStore,
  objectKey: string,
  { bytes, sizeBytes }: SizedBytes,
  recipient: string,
): Promise<void> {
  const encrypted = await encryptStream(exactly(bytes, sizeBytes, objectKey), recipient);
  const body = Readable.from(encrypted, { objectMode: false });
  const broken = new AbortController();
  // Otherwise the SDK would wait for the rest endlessly.
  body.once('error', (error) => broken.abort(error));
  try {
    await store.client.send(
      new PutObjectCommand({
        Bucket: store.bucket,
        Key: objectKey,
        Body: body,
        ContentLength: encrypted.size(sizeBytes),
        ContentType: 'application/octet-stream',
      }),
      { abortSignal: broken.signal },
    );
  } catch (error) {
    throw storeFailed(`upload ${objectKey}`, broken.signal.aborted ? broken.signal.reason : error);
  } finally {
    body.destroy();
  }
}

/**
 * Fails before sending more bytes than announced, which a server would read as the next request, and at the end of fewer
 * bytes, for which it would wait.
 */
async function* exactly(
  bytes: AsyncIterable<Uint8Array>,
  sizeBytes: number,
  objectKey: string,
): AsyncGenerator<Uint8Array> {
  let left = sizeBytes;
  for await (const piece of bytes) {
    left -= piece.length;
    if (left < 0) break;
    yield piece;
  }
  if (left === 0) return;
  throw new SwarmError({
    code: 'delivery/goods-changed',
    disposition: 'stop',
    message: `What is uploaded as ${objectKey} has ${left < 0 ? 'more' : 'less'} than the ${sizeBytes} bytes that were announced`,
    next: 'Withdraw the offer and make a new one from the file as it is.',
  });
}
