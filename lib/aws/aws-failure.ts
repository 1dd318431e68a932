import { SwarmError } from '../core/errors.ts';

interface Advice {
  readonly code: `aws/${string}`;
  readonly disposition: 'retry' | 'wait' | 'stop';
  readonly why: string;
  readonly next: string;
}

const NO_CREDENTIALS: Advice = {
  code: 'aws/no-credentials',
  disposition: 'stop',
  why: 'there are no AWS credentials',
  next: 'Log in (aws sso login, or AWS_PROFILE for a profile that has some) and run the command again.',
};
const REFUSED: Advice = {
  code: 'aws/credentials-refused',
  disposition: 'stop',
  why: 'AWS does not accept the credentials: they have expired, are mistyped, or the clock is wrong',
  next: 'Log in again (aws sts get-caller-identity shows whether they work) and run the command again.',
};
const DENIED: Advice = {
  code: 'aws/access-denied',
  disposition: 'stop',
  why: 'these credentials have no permission for it',
  next: 'Use the operator role of the fleet (infra/policy/operator.ts says what it may do), or have the permission added.',
};
const QUOTA: Advice = {
  code: 'aws/quota-exceeded',
  disposition: 'stop',
  why: 'a quota of the account is used up',
  next: 'Delete what is not needed or ask AWS for more (Service Quotas), then run the same command again.',
};
const BUSY: Advice = {
  code: 'aws/throttled',
  disposition: 'retry',
  why: 'AWS asks to slow down',
  next: 'Run the same command again in a minute.',
};
const KMS: Advice = {
  code: 'aws/kms-refused',
  disposition: 'stop',
  why: 'the KMS key can not be used: it is disabled, being deleted, or not permitted for these credentials',
  next: 'Check the key (for secrets the one given with --kms-key) and its policy.',
};
const UNREACHABLE: Advice = {
  code: 'aws/unreachable',
  disposition: 'retry',
  why: 'AWS does not answer',
  next: 'Check the network, the region and --endpoint, then run the same command again.',
};
const NO_REGION: Advice = {
  code: 'aws/no-region',
  disposition: 'stop',
  why: 'no region is set',
  next: 'Give --region, or set AWS_REGION or the region of your profile.',
};
const OTHER: Advice = {
  code: 'aws/refused',
  disposition: 'stop',
  why: 'AWS refused',
  next: 'See the message of AWS, and run the command again when that is fixed.',
};

const BY_NAME: Readonly<Record<string, Advice>> = {
  CredentialsProviderError: NO_CREDENTIALS,
  TokenProviderError: NO_CREDENTIALS,
  ExpiredTokenException: REFUSED,
  ExpiredToken: REFUSED,
  RequestExpired: REFUSED,
  UnrecognizedClientException: REFUSED,
  InvalidClientTokenId: REFUSED,
  InvalidSignatureException: REFUSED,
  SignatureDoesNotMatch: REFUSED,
  AuthFailure: REFUSED,
  IncompleteSignature: REFUSED,
  AccessDeniedException: DENIED,
  AccessDenied: DENIED,
  UnauthorizedOperation: DENIED,
  LimitExceededException: QUOTA,
  ServiceQuotaExceededException: QUOTA,
  ParameterLimitExceeded: QUOTA,
  ParameterMaxVersionLimitExceeded: QUOTA,
  ThrottlingException: BUSY,
  TooManyRequestsException: BUSY,
  ThrottledException: BUSY,
  Throttling: BUSY,
  RequestLimitExceeded: BUSY,
  TooManyUpdates: BUSY,
  EncryptionFailure: KMS,
  DecryptionFailure: KMS,
  KMSAccessDeniedException: KMS,
  TimeoutError: UNREACHABLE,
  NetworkingError: UNREACHABLE,
  InternalServiceError: UNREACHABLE,
  InternalFailure: UNREACHABLE,
};

/** Runs a call to AWS and converts what it throws by {@link awsFailure}. `what` completes "Could not …". */
export async function askAws<Value>(what: string, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    throw awsFailure(what, error);
  }
}

/** Converts what a call to AWS threw into a SwarmError: what failed, why, and what to do. */
export function awsFailure(what: string, error: unknown): SwarmError {
  if (error instanceof SwarmError) return error;
  const { code, disposition, why, next } = adviceFor(error);
  const said = error instanceof Error && code !== 'aws/no-credentials' ? quote(error.message) : '';
  return new SwarmError({ code, disposition, message: `Could not ${what}: ${why}${said}`, next });
}

/** The name of an error of AWS, as in `ResourceNotFoundException`; empty for anything else. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function adviceFor(error: unknown): Advice {
  const known = BY_NAME[awsErrorName(error)];
  const text = error instanceof Error ? error.message : '';
  // The provider of credentials reports an expired login itself, without a request to AWS.
  if (known === NO_CREDENTIALS && /expired/i.test(text)) return REFUSED;
  if (known !== undefined) return known;
  if (/region is missing/i.test(text)) return NO_REGION;
  if (/could not load credentials|profile .*(not found|could not)|sso session/i.test(text)) return NO_CREDENTIALS;
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(E[A-Z_]+|ERR_TLS|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_)/.test(errno) ? UNREACHABLE : OTHER;
}

/** The message of AWS in one line, without ids of access keys. */
function quote(message: string): string {
  const line = (message.split('\n', 1)[0] ?? '')
    .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '(access key)')
    .slice(0, 300);
  return line === '' ? '' : ` (“${line}”)`;
}
