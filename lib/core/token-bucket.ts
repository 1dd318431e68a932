/** A rate limit that allows bursts (token bucket). Times are milliseconds of one clock. */
export interface TokenBucket {
  /** Takes a token and returns 0, or takes none and returns the milliseconds until there is one. */
  readonly take: (nowMs: number) => number;
  /** Returns the milliseconds until there is a token, 0 if there is one. Takes none. */
  readonly waitMs: (nowMs: number) => number;
}

/** Creates a full {@link TokenBucket} that holds `burst` tokens at most and gets a new one each `everyMs`. */
export function createTokenBucket(burst: number, everyMs: number): TokenBucket {
  // The time until the bucket is full. A count of tokens would need fractions; whole milliseconds are exact.
  let missingMs = 0;
  let seenMs: number | undefined;

  function waitMs(nowMs: number): number {
    // A clock that is set back changes nothing.
    missingMs = Math.max(0, missingMs - Math.max(0, nowMs - (seenMs ?? nowMs)));
    seenMs = nowMs;
    return Math.max(0, Math.ceil(missingMs - (burst - 1) * everyMs));
  }

  return {
    waitMs,
    take: (nowMs) => {
      const wait = waitMs(nowMs);
      if (wait === 0) missingMs += everyMs;
      return wait;
    },
  };
}
