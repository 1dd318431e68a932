import { S3Failure } from './s3-failure.ts';

/** What a request line names, decoded. */
export interface Target {
  /** The path as it is signed: decoded and encoded again by the rules of SigV4. */
  readonly canonicalPath: string;
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  /** Names and values, decoded, in order. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

const MAX_KEY_BYTES = 1024;

/** Parses a request's target in path style (`/bucket/key?query`). Throws InvalidURI, InvalidBucketName, KeyTooLongError. */
export function parseTarget(url: string): Target {
  const mark = url.indexOf('?');
  const path = decode(mark < 0 ? url : url.slice(0, mark));
  if (!path.startsWith('/')) throw new S3Failure('InvalidURI', 'The path must begin with a slash.');
  const slash = path.indexOf('/', 1);
  const bucket = path.slice(1, slash < 0 ? undefined : slash);
  const key = slash < 0 ? '' : path.slice(slash + 1);
  if (bucket !== '' && (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..'))) {
    throw new S3Failure('InvalidBucketName', 'A bucket is named with 3 to 63 of a-z, 0-9, - and single dots.');
  }
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Failure('KeyTooLongError', 'A key has at most 1024 bytes.');
  const query =
    mark < 0
      ? []
      : url
          .slice(mark + 1)
          .split('&')
          .filter(Boolean)
          .map(parsePair);
  return { canonicalPath: path.split('/').map(encodeUri).join('/'), bucket, key, query };
}

/** Encodes for SigV4: every byte but A-Z a-z 0-9 - . _ ~ becomes %XX. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

function parsePair(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=');
  return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Failure('InvalidURI', 'The URI has a percent sign that encodes no UTF-8.');
  }
}
