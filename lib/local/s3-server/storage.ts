import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bucket, openBucket } from './bucket.ts';
import { S3Failure } from './s3-failure.ts';

/** All buckets of a server's folder. */
export interface Storage {
  /** Throws NoSuchBucket. */
  readonly bucket: (name: string) => Bucket;
  /** Creates a bucket. Throws BucketAlreadyOwnedByYou. */
  readonly createBucket: (name: string) => Promise<void>;
}

/** Opens a folder of buckets, creating it. */
export async function openStorage(
  dir: string,
  options: { readonly nowMs: () => number; readonly onDamaged: (path: string) => void },
): Promise<Storage> {
  await mkdir(dir, { recursive: true });
  const buckets = new Map<string, Bucket>();
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) buckets.set(entry.name, await openBucket(join(dir, entry.name), options));
  }
  return {
    bucket: (name) => {
      const bucket = buckets.get(name);
      if (bucket === undefined) throw new S3Failure('NoSuchBucket', 'The specified bucket does not exist');
      return bucket;
    },
    createBucket: async (name) => {
      if (buckets.has(name)) throw new S3Failure('BucketAlreadyOwnedByYou', 'You own this bucket already.');
      buckets.set(name, await openBucket(join(dir, name), options));
    },
  };
}
