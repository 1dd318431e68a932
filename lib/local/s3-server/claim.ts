import { S3Failure, type S3FailureCode } from './s3-failure.ts';
import { ALGORITHM, type Scope } from './sigv4.ts';
import type { Target } from './target.ts';

/** A request as far as signatures go. */
export interface SignedRequest {
  readonly method: string;
  readonly target: Target;
  readonly headers: NodeJS.Dict<string[]>;
}

/** The signature fields of a request, not verified yet. */
export interface Claim {
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly amzDate: string;
  readonly signedAtMs: number;
  /** Life of a presigned URL; undefined where the signature is in the header. */
  readonly expiresSeconds: number | undefined;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
  /** The code for what doesn't parse. */
  readonly malformed: S3FailureCode;
}

const MAX_EXPIRES_SECONDS = 7 * 24 * 3600;

/** Reads the `Authorization` header. */
export function claimFromHeader({ headers }: SignedRequest): Claim {
  const malformed = 'AuthorizationHeaderMalformed';
  const text = only(headers.authorization, malformed);
  const match = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
    text,
  );
  const [, credential, signedHeaders, signature] = match ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    throw new S3Failure(malformed, `Write ${ALGORITHM} Credential=…, SignedHeaders=…, Signature=….`);
  }
  return {
    ...readTimes(credential, only(headers['x-amz-date'], malformed), malformed),
    expiresSeconds: undefined,
    signedHeaders: readSignedHeaders(signedHeaders, malformed),
    signature,
    payloadHash: only(headers['x-amz-content-sha256'], 'InvalidArgument'),
    malformed,
  };
}

/** Reads the query of a presigned URL. */
export function claimFromQuery({ target, headers }: SignedRequest): Claim {
  const malformed = 'AuthorizationQueryParametersError';
  const value = (name: string): string => {
    return only(
      target.query.filter(([given]) => given === name).map(([, text]) => text),
      malformed,
    );
  };
  if (value('X-Amz-Algorithm') !== ALGORITHM) throw new S3Failure(malformed, `The algorithm must be ${ALGORITHM}.`);
  const expires = value('X-Amz-Expires');
  if (!/^\d{1,6}$/.test(expires) || Number(expires) < 1 || Number(expires) > MAX_EXPIRES_SECONDS) {
    throw new S3Failure(malformed, 'X-Amz-Expires must be between 1 and 604800 seconds.');
  }
  const signature = value('X-Amz-Signature');
  if (!/^[0-9a-f]{64}$/.test(signature)) throw new S3Failure('SignatureDoesNotMatch', 'The signature is malformed.');
  const inQuery = target.query.some(([name]) => name === 'X-Amz-Content-Sha256');
  const inHeader = headers['x-amz-content-sha256'];
  return {
    ...readTimes(value('X-Amz-Credential'), value('X-Amz-Date'), malformed),
    expiresSeconds: Number(expires),
    signedHeaders: readSignedHeaders(value('X-Amz-SignedHeaders'), malformed),
    signature,
    payloadHash: inQuery
      ? value('X-Amz-Content-Sha256')
      : inHeader === undefined
        ? 'UNSIGNED-PAYLOAD'
        : only(inHeader, malformed),
    malformed,
  };
}

function readTimes(
  credential: string,
  amzDate: string,
  malformed: S3FailureCode,
): Pick<Claim, 'accessKeyId' | 'scope' | 'amzDate' | 'signedAtMs'> {
  const [, accessKeyId, day, region] =
    /^([^/]{1,128})\/(\d{8})\/([a-z0-9-]{1,40})\/s3\/aws4_request$/.exec(credential) ?? [];
  const [, date, hour, minute, second] = /^(\d{8})T(\d{2})(\d{2})(\d{2})Z$/.exec(amzDate) ?? [];
  if (accessKeyId === undefined || day === undefined || region === undefined || date === undefined) {
    throw new S3Failure(malformed, 'The credential or the date is malformed.');
  }
  if (day !== date) throw new S3Failure(malformed, "The credential's date is not the request's.");
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${hour}:${minute}:${second}Z`;
  const signedAtMs = Date.parse(iso);
  if (Number.isNaN(signedAtMs)) throw new S3Failure(malformed, 'The date is no date.');
  return { accessKeyId, scope: { day, region }, amzDate, signedAtMs };
}

function readSignedHeaders(text: string, malformed: S3FailureCode): readonly string[] {
  if (/^[a-z0-9-]+(;[a-z0-9-]+)*$/.test(text)) return text.split(';');
  throw new S3Failure(malformed, 'SignedHeaders must be lower-case names with semicolons between them.');
}

function only(values: readonly string[] | undefined, malformed: S3FailureCode): string {
  const [value, ...more] = values ?? [];
  if (value !== undefined && more.length === 0) return value;
  throw new S3Failure(malformed, 'A part of the signature is missing or given twice.');
}
