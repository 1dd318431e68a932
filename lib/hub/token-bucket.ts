/** An allowance that fills itself. */
export interface TokenBucket {
  /** Takes one; gives 0, or the milliseconds until there is one and takes nothing. */
  readonly take: (nowMs: number) => number;
}

/** Creates a full {@link TokenBucket}. */
export function createTokenBucket(burst: number, everyMs: number): TokenBucket {
  let tokens = burst;
  let filledMs: number | undefined;
  return {
    take: (nowMs) => {
      tokens = Math.min(burst, tokens + (nowMs - (filledMs ?? nowMs)) / everyMs);
      filledMs = nowMs;
      if (tokens < 1) return Math.ceil((1 - tokens) * everyMs);
      tokens -= 1;
      return 0;
    },
  };
}
