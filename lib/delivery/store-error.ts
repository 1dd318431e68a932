import { S3ServiceException } from '@aws-sdk/client-s3';
import { SwarmError } from '../core/errors.ts';

/**
 * Turns an error of the SDK into a SwarmError: `delivery/store-refused` (stop) if the server refused the request,
 * `delivery/credentials-expired` (wait) if the credentials have expired, else `delivery/store-unreachable` (wait). A
 * {@link SwarmError} is returned unchanged. The SDK's error is not kept as the cause: it contains the request, with headers
 * and signed URLs.
 */
export function storeFailed(action: string, error: unknown): SwarmError {
  if (error instanceof SwarmError) return error;
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
  const name = error instanceof Error ? codeOf(error) : 'unknown error';
  if (EXPIRED.has(name)) {
    return new SwarmError({
      code: 'delivery/credentials-expired',
      disposition: 'wait',
      message: `Couldn't ${action}: the credentials for the object store have expired (${name})`,
      next: 'Nothing is lost; the next beat asks for new ones. If it lasts, check the credentials broker and the clock.',
    });
  }
  if (status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS && name !== BODY_CAME_LATE) {
    return new SwarmError({
      code: 'delivery/store-refused',
      disposition: 'stop',
      message: `The object store refused to ${action}: ${name} (HTTP ${status})`,
      next: 'Check bucket, region, credentials and the rights of this agent in the configuration.',
    });
  }
  return new SwarmError({
    code: 'delivery/store-unreachable',
    disposition: 'wait',
    message: `Couldn't ${action}: ${name}${status === 0 ? '' : ` (HTTP ${status})`}`,
    next: 'Nothing is lost; the next beat tries again. Check that the object store runs and its endpoint is right.',
  });
}

/** A status and an error code of S3 that pass by themselves, although they look like a refusal: a busy server, a body that came too late. */
const TOO_MANY_REQUESTS = 429;
const BODY_CAME_LATE = 'RequestTimeout';

/** The error codes of S3 for expired credentials. */
const EXPIRED: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Za-z0-9_.]{1,60}$/.test(error.name) ? error.name : 'Error';
}
