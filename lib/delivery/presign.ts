import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Clock } from '../core/time.ts';
import type { ObjectStore } from './object-store.ts';
import { storeFailed } from './store-error.ts';

/** The default lifetime of a presigned URL in seconds. */
const URL_LIFE_SECONDS = 600;

/** A presigned URL: anyone who has it can download until it expires. Never log it. */
export interface PresignedUrl {
  readonly url: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Signs a GET of one object. Makes no request except for the machine's own credentials. A URL expires with the credentials
 * that signed it: those that expire sooner are renewed first, and if they can't be, the returned expiry is theirs.
 */
export async function presignDownload(
  store: ObjectStore,
  objectKey: string,
  options: { readonly clock: Clock; readonly lifeSeconds?: number },
): Promise<PresignedUrl> {
  const lifeSeconds = options.lifeSeconds ?? URL_LIFE_SECONDS;
  const signedAt = options.clock();
  try {
    const endsAt = await credentialsEnd(store, signedAt + lifeSeconds);
    const url = await getSignedUrl(store.client, new GetObjectCommand({ Bucket: store.bucket, Key: objectKey }), {
      expiresIn: lifeSeconds,
      signingDate: new Date(signedAt * 1000),
    });
    return { url, expiresAt: Math.min(signedAt + lifeSeconds, endsAt ?? Number.POSITIVE_INFINITY) };
  } catch (error) {
    throw storeFailed(`sign a URL for ${objectKey}`, error);
  }
}

/** When the credentials expire, in seconds since 1970, after a renewal if that is too early; undefined for never. */
async function credentialsEnd({ client }: ObjectStore, wantedUntil: number): Promise<number | undefined> {
  const ends = ({ expiration }: { readonly expiration?: Date }): number | undefined =>
    expiration === undefined ? undefined : Math.floor(expiration.getTime() / 1000);
  const held = ends(await client.config.credentials());
  if (held === undefined || held >= wantedUntil) return held;
  return ends(await client.config.credentials({ forceRefresh: true }));
}
