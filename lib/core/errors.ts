/**
 * What the caller does about an error: `retry` the same call soon, `wait` for the world to change (the next beat
 * looks again), or `stop` because only a person can mend it.
 */
export type Disposition = 'retry' | 'wait' | 'stop';

/** The parts of a {@link SwarmError}. `next` is an instruction to the reader: what to do about it. */
export interface SwarmErrorParts {
  /** Stable and tested: `<folder>/<what-failed>`, as in `vault/push-rejected`. */
  readonly code: `${string}/${string}`;
  readonly disposition: Disposition;
  /** What failed, with the value, and why. */
  readonly message: string;
  readonly next: string;
  readonly cause?: unknown;
}

/** The one error that crosses folders: says what failed, why, and what to do next. Never holds a secret. */
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
 * Puts any thrown value into one line: a {@link SwarmError} with its code and next step, others with their message, without
 * the addresses in it: nobody has looked whether they may be shown, and an RPC's may hold a key.
 */
export function formatError(error: unknown): string {
  if (error instanceof SwarmError) return `${error.message} (${error.code}). ${error.next}`;
  if (error instanceof Error) return withoutAddresses(firstLine(error.message)) || error.name;
  return withoutAddresses(firstLine(String(error)));
}

/** Puts `(address)` where a text has a URL of HTTP or WebSocket. */
export function withoutAddresses(text: string): string {
  return text.replace(/\b(?:https?|wss?):\/\/\S+/gi, '(address)');
}

/** The disposition of any thrown value; what is not a {@link SwarmError} is worth another try at the next beat. */
export function dispositionOf(error: unknown): Disposition {
  return error instanceof SwarmError ? error.disposition : 'wait';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
