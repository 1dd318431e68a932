import { createHash } from 'node:crypto';
import { HeadObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import type { Clock } from '../core/time.ts';
import type { Handover } from './handover.ts';
import { deliveriesPrefix } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { putEncrypted } from './put-encrypted.ts';
import { storeFailed } from './store-error.ts';

/** The files to hand over, by whom and to whom. */
export interface HandoverUpload {
  readonly handover: Handover;
  /** The sender's name: the folder of its objects. */
  readonly seller: string;
  /** The reader's age recipient. */
  readonly recipient: string;
  readonly clock: Clock;
  /** An object younger than this is not uploaded again, in seconds; must be well under the retention of the store. */
  readonly reuseSeconds: number;
}

/**
 * Uploads a set of files, encrypted to its reader, unless a recent upload of the same set for the same reader exists.
 * Streams.
 * @throws SwarmError `delivery/goods-changed`, `delivery/store-refused`, `delivery/store-unreachable`.
 */
export async function ensureHandover(
  store: ObjectStore,
  input: HandoverUpload,
): Promise<{ readonly objectKey: string }> {
  const { handover, recipient } = input;
  const name = createHash('sha256').update(`${handover.setDigest} ${recipient}`).digest('hex');
  const objectKey = `${deliveriesPrefix(store, input.seller)}handover-${name}`;
  const writtenAt = await writtenAtOf(store, objectKey);
  if (writtenAt !== undefined && writtenAt > input.clock() - input.reuseSeconds) return { objectKey };
  await putEncrypted(store, objectKey, () => ({ bytes: handover.bytes(), sizeBytes: handover.sizeBytes }), recipient);
  return { objectKey };
}

/** When an object was last written, in seconds since 1970; undefined if there is none or it may not be read. */
async function writtenAtOf(store: ObjectStore, objectKey: string): Promise<number | undefined> {
  try {
    const head = await store.client.send(new HeadObjectCommand({ Bucket: store.bucket, Key: objectKey }));
    return head.LastModified === undefined ? undefined : Math.floor(head.LastModified.getTime() / 1000);
  } catch (error) {
    // Without the right to list, S3 answers 403 for a missing object; the upload then shows whether access is refused.
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404 || status === 403) return undefined;
    throw storeFailed(`look for ${objectKey}`, error);
  }
}
