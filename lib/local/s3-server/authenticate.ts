import type { AccessKey } from './access-key.ts';
import { type Claim, claimFromHeader, claimFromQuery, type SignedRequest } from './claim.ts';
import { S3Failure } from './s3-failure.ts';
import { deriveSigningKey, type Scope, sameSignature, signRequest } from './sigv4.ts';

/** What a valid signature states about the request's body. */
export interface Authenticated {
  readonly accessKey: AccessKey;
  /** `UNSIGNED-PAYLOAD`, a hex digest or one of the `STREAMING-…` names. */
  readonly payloadHash: string;
  /** Continues the chain of signatures into the chunks of a streamed body. */
  readonly chunkSigning: {
    readonly key: Buffer;
    readonly scope: Scope;
    readonly amzDate: string;
    readonly seed: string;
  };
}

const MAX_SKEW_MS = 15 * 60_000;

/**
 * Checks who signed a request (AWS Signature Version 4, in headers or presigned) and that it is neither stale nor from
 * the future. Throws the {@link S3Failure} that S3 answers with.
 */
export function authenticate(
  request: SignedRequest,
  options: { readonly accessKeys: readonly AccessKey[]; readonly region: string; readonly nowMs: number },
): Authenticated {
  const claim = readClaim(request);
  const accessKey = options.accessKeys.find(({ id }) => id === claim.accessKeyId);
  if (accessKey === undefined) throw new S3Failure('InvalidAccessKeyId', 'No such access key.');
  if (claim.scope.region !== options.region) {
    throw new S3Failure(claim.malformed, `The region is wrong; expecting '${options.region}'.`);
  }
  checkTime(claim, options.nowMs);
  requireSigned(request, claim);
  const key = deriveSigningKey(accessKey.secret, claim.scope);
  if (!sameSignature(signRequest(key, { ...request, ...claim }), claim.signature)) {
    throw new S3Failure('SignatureDoesNotMatch', 'The signature does not match the request and the secret key.');
  }
  const { scope, amzDate, signature: seed, payloadHash } = claim;
  return { accessKey, payloadHash, chunkSigning: { key, scope, amzDate, seed } };
}

function readClaim(request: SignedRequest): Claim {
  const inQuery = request.target.query.some(([name]) => name === 'X-Amz-Signature' || name === 'X-Amz-Algorithm');
  const inHeader = request.headers.authorization !== undefined;
  if (inQuery && inHeader) throw new S3Failure('InvalidArgument', 'Sign in the header or in the query, not in both.');
  if (inQuery) return claimFromQuery(request);
  if (inHeader) return claimFromHeader(request);
  throw new S3Failure('AccessDenied', 'Requests must be signed.');
}

function checkTime(claim: Claim, nowMs: number): void {
  if (claim.expiresSeconds === undefined) {
    if (Math.abs(nowMs - claim.signedAtMs) <= MAX_SKEW_MS) return;
    throw new S3Failure('RequestTimeTooSkewed', 'The difference between the request time and the clock is too large.');
  }
  if (claim.signedAtMs - nowMs > MAX_SKEW_MS) throw new S3Failure('AccessDenied', 'Request is not yet valid');
  if (nowMs >= claim.signedAtMs + claim.expiresSeconds * 1000) {
    throw new S3Failure('AccessDenied', 'Request has expired');
  }
}

// Otherwise an intermediary could add a header that changes the request's effect.
function requireSigned(request: SignedRequest, claim: Claim): void {
  if (!claim.signedHeaders.includes('host')) throw new S3Failure(claim.malformed, 'The host header must be signed.');
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && !claim.signedHeaders.includes(name),
  );
  // Its value is what the signature covers as the payload's hash.
  const bound = claim.expiresSeconds === undefined ? 'x-amz-content-sha256' : '';
  if (unsigned.some((name) => name !== bound)) {
    throw new S3Failure('AccessDenied', 'There were headers present in the request which were not signed');
  }
}
