import { CreateBucketCommand, HeadBucketCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { SwarmError } from '../core/errors.ts';
import { storeFailed } from './store-error.ts';

/** Where deliveries are kept. Without `endpoint` it is Amazon S3; without `credentials` the machine's own role. */
export interface ObjectStoreConfig {
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** Put before every object key, with its own slash where one is wanted. */
  readonly prefix?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A bucket and the client that speaks to it. */
export interface ObjectStore {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** Ends the client's connections. */
  readonly close: () => void;
}

/** Creates a client; makes no request yet. Requests are tried 4 times and time out after 30 s of silence. */
export function createObjectStore(config: ObjectStoreConfig): ObjectStore {
  const client = new S3Client({
    region: config.region,
    ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint, forcePathStyle: true }),
    ...(config.credentials === undefined ? {} : { credentials: config.credentials }),
    maxAttempts: 4,
    // What fails is thrown; the SDK's own words would stand in the middle of somebody's terminal.
    logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 30_000 },
    // age and Merkle roots show what was changed on its way; CRC trailers only shut out S3-compatible servers that don't
    // know them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { client, bucket: config.bucket, prefix: config.prefix ?? '', close: () => client.destroy() };
}

function silent(): void {}

/** Creates the bucket where it doesn't exist; safe to repeat. Throws `delivery/store-*` as {@link storeFailed} says. */
export async function ensureBucket(store: ObjectStore): Promise<void> {
  try {
    await store.client.send(new HeadBucketCommand({ Bucket: store.bucket }));
    return;
  } catch (error) {
    if (!(error instanceof S3ServiceException) || error.$metadata.httpStatusCode !== 404) {
      throw storeFailed(`look for bucket ${store.bucket}`, error);
    }
  }
  try {
    await store.client.send(new CreateBucketCommand({ Bucket: store.bucket }));
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'BucketAlreadyOwnedByYou') return;
    if (error instanceof S3ServiceException && error.name === 'BucketAlreadyExists') {
      throw new SwarmError({
        code: 'delivery/bucket-taken',
        disposition: 'stop',
        message: `Bucket ${store.bucket} belongs to someone else`,
        next: 'Choose another bucket name in the configuration.',
      });
    }
    throw storeFailed(`create bucket ${store.bucket}`, error);
  }
}
