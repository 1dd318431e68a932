/**
 * What the caller does after an error: `retry` the same call soon, `wait` until the next beat, when the cause may be gone,
 * or `stop` because only a person can correct it.
 */
export type Disposition = 'retry' | 'wait' | 'stop';

/** The parts of a {@link SwarmError}. `next` tells the reader what to do. */
export interface SwarmErrorParts {
  /** Stable and tested: `<folder>/<what-failed>`, as in `vault/push-rejected`. */
  readonly code: `${string}/${string}`;
  readonly disposition: Disposition;
  /** What failed, with the value, and why. */
  readonly message: string;
  readonly next: string;
  readonly cause?: unknown;
}

/** The error that all folders throw: what failed, why, and what to do next. Never contains a secret. */
export class SwarmError extends Error {
  override readonly name = 'SwarmError';
  readonly code: string;
  readonly disposition: Disposition;
  readonly next: string;

  constructor(parts: SwarmErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = parts.code;
    this.disposition = parts.disposition;
    this.next = parts.next;
  }
}

/**
 * Formats any thrown value as text: a {@link SwarmError} with its code and next step, any other by the first line of its
 * message without URLs, because an RPC's URL may contain a key.
 */
export function formatError(error: unknown): string {
  if (error instanceof SwarmError) return `${error.message} (${error.code}). ${error.next}`;
  if (error instanceof Error) return withoutUrls(firstLine(error.message)) || error.name;
  return withoutUrls(firstLine(String(error)));
}

/** Replaces HTTP and WebSocket URLs in a text by `(address)`. */
export function withoutUrls(text: string): string {
  return text.replace(/\b(?:https?|wss?):\/\/\S+/gi, '(address)');
}

/** The disposition of any thrown value; `wait` for what is not a {@link SwarmError}. */
export function dispositionOf(error: unknown): Disposition {
  return error instanceof SwarmError ? error.disposition : 'wait';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
