import { DeleteObjectCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { Clock } from '../core/time.ts';
import { deliveriesPrefix } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';
import { storeFailed } from './store-error.ts';

/** Which packages to delete: those of one seller (of all, if absent) that were last written longer ago than this, in seconds. */
export interface RetentionInput {
  readonly seller?: string;
  readonly olderThanSeconds: number;
  readonly clock: Clock;
}

/**
 * Deletes packages past their retention and returns their object keys. Safe to repeat; a package that was overwritten
 * meanwhile is recent again and stays. Throws `delivery/store-*` as {@link storeFailed} says.
 */
export async function deleteExpired(store: ObjectStore, input: RetentionInput): Promise<readonly string[]> {
  const deleted: string[] = [];
  const before = input.clock() - input.olderThanSeconds;
  try {
    for await (const { objectKey, writtenAt } of listPackages(store, input.seller)) {
      if (writtenAt >= before) continue;
      // One by one: the batch call needs checksums that S3-compatible servers handle differently.
      await store.client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: objectKey }));
      deleted.push(objectKey);
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
    for (const { Key: objectKey, LastModified: modified } of page.Contents ?? []) {
      if (objectKey !== undefined && modified !== undefined) {
        yield { objectKey, writtenAt: Math.floor(modified.getTime() / 1000) };
      }
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
