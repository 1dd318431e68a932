import { setTimeout as delay } from 'node:timers/promises';
import { dispositionOf, formatError } from '../core/errors.ts';

/** How waiting is done. */
export interface Patience {
  readonly log: (line: string) => void;
  /** Ends the wait: the unit is told to stop. */
  readonly signal: AbortSignal;
  /** Told of what is waited for, and of nothing when it came. */
  readonly onWait?: (what: string | undefined) => void;
}

const FIRST_MS = 250;
const LONGEST_MS = 15_000;
const SAY_EVERY_MS = 60_000;

/**
 * Tries until it succeeds, waiting longer each time, with jitter: what a unit stands on may come up in any order. Says
 * once a minute what it waits for and why.
 * @throws what `attempt` throws with disposition `stop`, because no waiting mends that, and an AbortError at the signal.
 */
export async function waitFor<Value>(what: string, attempt: () => Promise<Value>, patience: Patience): Promise<Value> {
  let saidAtMs = Number.NEGATIVE_INFINITY;
  for (let tries = 0; ; tries++) {
    patience.signal.throwIfAborted();
    try {
      const value = await attempt();
      if (tries > 0) {
        patience.log(`${what} is there`);
        patience.onWait?.(undefined);
      }
      return value;
    } catch (error) {
      if (dispositionOf(error) === 'stop') throw error;
      if (performance.now() - saidAtMs >= SAY_EVERY_MS) {
        saidAtMs = performance.now();
        patience.log(`waiting for ${what}: ${formatError(error)}`);
        patience.onWait?.(what);
      }
    }
    const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
    await delay(longest * (0.5 + Math.random() / 2), undefined, { signal: patience.signal });
  }
}
