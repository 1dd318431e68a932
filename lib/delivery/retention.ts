import { DeleteObjectCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { Clock } from '../core/time.ts';
import { deliveriesPrefix } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { storeFailed } from './store-error.ts';

/** Which packages to delete: those of one seller (of all, if absent) that were last written longer ago than this, in seconds. */
export interface RetentionInput {
  readonly seller?: string;
  readonly olderThanSeconds: number;
  /** Whether a trade needs its package no more; then it is deleted `doneAfterSeconds` after it was last written. */
  readonly isDone?: (trade: string) => boolean;
  readonly doneAfterSeconds?: number;
  readonly clock: Clock;
}

/** A package that was deleted. */
export interface DeletedPackage {
  readonly objectKey: string;
  readonly sizeBytes: number;
}

/**
 * Deletes packages past their retention and returns them. Safe to repeat; a package that was overwritten
 * meanwhile is recent again and stays. Throws `delivery/store-*` as {@link storeFailed} says.
 */
export async function deleteExpired(store: ObjectStore, input: RetentionInput): Promise<readonly DeletedPackage[]> {
  const deleted: DeletedPackage[] = [];
  const now = input.clock();
  const { isDone = () => false, doneAfterSeconds = input.olderThanSeconds } = input;
  try {
    for await (const { objectKey, writtenAt, sizeBytes } of listPackages(store, input.seller)) {
      const trade = objectKey.slice(objectKey.lastIndexOf('/') + 1);
      if (now - writtenAt <= (isDone(trade) ? doneAfterSeconds : input.olderThanSeconds)) continue;
      // One by one: the batch call needs checksums that S3-compatible servers handle differently.
      await store.client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: objectKey }));
      deleted.push({ objectKey, sizeBytes });
    }
  } catch (error) {
    throw storeFailed('delete expired deliveries', error);
  }
  return deleted;
}

async function* listPackages(store: ObjectStore, seller: string | undefined) {
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await store.client.send(
      new ListObjectsV2Command({
        Bucket: store.bucket,
        Prefix: deliveriesPrefix(store, seller),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    for (const { Key: objectKey, LastModified: modified, Size: sizeBytes = 0 } of page.Contents ?? []) {
      if (objectKey !== undefined && modified !== undefined) {
        yield { objectKey, writtenAt: Math.floor(modified.getTime() / 1000), sizeBytes };
      }
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
