import { CreateBucketCommand, HeadBucketCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { SwarmError } from '../core/errors.ts';
import { storeFailed } from './store-error.ts';

/** Where deliveries are stored. Without `endpoint` it is Amazon S3; without `credentials` the machine's own role is used. */
export interface ObjectStoreConfig {
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** The prefix of every object key, with its own slash if one is wanted. */
  readonly prefix?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A bucket and its client. */
export interface ObjectStore {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** Closes the client's connections. */
  readonly close: () => void;
}

/** Creates a client; makes no request yet. Requests are tried 4 times and time out after 30 s of silence. */
export function createObjectStore(config: ObjectStoreConfig): ObjectStore {
  const client = new S3Client({
    region: config.region,
    ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint, forcePathStyle: true }),
    ...(config.credentials === undefined ? {} : { credentials: config.credentials }),
    maxAttempts: 4,
    // Errors are thrown; the SDK's own log would appear in the middle of the terminal.
    logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 30_000 },
    // age and Merkle roots detect changes in transit; CRC trailers would only exclude S3-compatible servers that don't
    // support them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { client, bucket: config.bucket, prefix: config.prefix ?? '', close: () => client.destroy() };
}

function silent(): void {}

/** Creates the bucket if it doesn't exist; safe to repeat. Throws `delivery/store-*` as {@link storeFailed} says. */
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
