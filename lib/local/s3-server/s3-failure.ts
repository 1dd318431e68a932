import { buildXml } from './xml.ts';

// The codes of S3's error reference that this server answers with.
const STATUS = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  EntityTooLarge: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidDigest: 400,
  InvalidRange: 416,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
} as const;

/** An error code of S3. */
export type S3FailureCode = keyof typeof STATUS;

/** A request that ends in one of S3's errors. The message goes to the client, so it contains no secrets and no paths. */
export class S3Failure extends Error {
  override readonly name = 'S3Failure';
  readonly code: S3FailureCode;
  readonly status: number;
  /** Headers beside the usual ones, as `content-range` for a range out of reach. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: S3FailureCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
    this.headers = headers;
  }
}

/** The error document of a failure. */
export function formatFailure(failure: S3Failure, resource: string, requestId: string): string {
  return buildXml('Error', {
    Code: failure.code,
    Message: failure.message,
    Resource: resource,
    RequestId: requestId,
  });
}
