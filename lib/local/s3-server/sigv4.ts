import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { encodeUri, type Target } from './target.ts';

/** The algorithm's name in headers, queries and strings to sign. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The day, region and service that a key was derived for. */
export interface Scope {
  /** `yyyymmdd`. */
  readonly day: string;
  readonly region: string;
}

/** What a signature covers. */
export interface SignedParts {
  readonly method: string;
  readonly target: Target;
  readonly headers: NodeJS.Dict<string[]>;
  /** Lower-case names, as the request lists them. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  /** `yyyymmddThhmmssZ`. */
  readonly amzDate: string;
  readonly scope: Scope;
}

/** Derives the key that signs for one day, region and S3 from a secret access key. */
export function deriveSigningKey(secret: string, scope: Scope): Buffer {
  const parts = [scope.day, scope.region, 's3', 'aws4_request'];
  return parts.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));
}

/** Signs a request as AWS Signature Version 4 does; gives lower-case hex. The signature itself is never in the query. */
export function signRequest(key: Buffer, parts: SignedParts): string {
  const { headers, signedHeaders, target } = parts;
  const query = target.query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeUri(name), encodeUri(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`);
  const canonicalHeaders = signedHeaders.map((name) => {
    const value = (headers[name] ?? []).map((text) => text.trim().replace(/ +/g, ' ')).join(',');
    return `${name}:${value}\n`;
  });
  const canonicalRequest = [
    parts.method,
    target.canonicalPath,
    query.join('&'),
    canonicalHeaders.join(''),
    signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n');
  return signText(key, [ALGORITHM, parts.amzDate, formatScope(parts.scope), sha256(canonicalRequest)].join('\n'));
}

/** Signs a finished string to sign; gives lower-case hex. */
export function signText(key: Buffer, text: string): string {
  return hmac(key, text).toString('hex');
}

/** A scope as it stands in strings to sign. */
export function formatScope(scope: Scope): string {
  return `${scope.day}/${scope.region}/s3/aws4_request`;
}

/** Compares two signatures in constant time. */
export function sameSignature(mine: string, theirs: string): boolean {
  const a = Buffer.from(mine);
  const b = Buffer.from(theirs);
  return a.length === b.length && timingSafeEqual(a, b);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
