import { S3Failure } from './s3-failure.ts';

/** A key that may sign requests. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Object keys must start with one of these; all may be used, and buckets created, if absent. */
  readonly prefixes?: readonly string[];
}

/** Throws AccessDenied unless the access key may touch what starts with `keyOrPrefix`. */
export function requirePrefix(accessKey: AccessKey, keyOrPrefix: string): void {
  if (accessKey.prefixes?.every((prefix) => !keyOrPrefix.startsWith(prefix)) === true) throw denied();
}

/** Throws AccessDenied for an access key that is confined to prefixes. */
export function requireUnconfined(accessKey: AccessKey): void {
  if (accessKey.prefixes !== undefined) throw denied();
}

function denied(): S3Failure {
  return new S3Failure('AccessDenied', 'This access key has no right to that.');
}
