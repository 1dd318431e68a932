/** How long to wait between attempts to connect. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The wait before attempt number `attempt` (0 is the first after a failure): doubling from `minMs` to at most `maxMs`, of
 * which half is random, so that 24 agents don't reconnect at once. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, { minMs, maxMs }: Backoff, random: number): number {
  const full = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  return full / 2 + (full / 2) * random;
}
