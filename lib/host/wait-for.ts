import { setTimeout as delay } from 'node:timers/promises';
import { dispositionOf, formatError } from '../core/errors.ts';

/** How {@link waitFor} logs and ends. */
export interface WaitOptions {
  readonly log: (line: string) => void;
  /** Ends the wait when the unit is told to stop. */
  readonly signal: AbortSignal;
  /** Called with what is waited for, and with undefined when the wait is over. */
  readonly onWait?: (what: string | undefined) => void;
}

const FIRST_MS = 250;
const LONGEST_MS = 15_000;
const SAY_EVERY_MS = 60_000;

/**
 * Repeats an attempt until it succeeds, with exponential backoff and jitter: services may start in any order. Logs once a
 * minute what it waits for and why.
 * @throws what `attempt` throws with disposition `stop`, and an AbortError at the signal.
 */
export async function waitFor<Value>(
  what: string,
  attempt: () => Promise<Value>,
  waitOptions: WaitOptions,
): Promise<Value> {
  let saidAtMs = Number.NEGATIVE_INFINITY;
  for (let tries = 0; ; tries++) {
    waitOptions.signal.throwIfAborted();
    try {
      const value = await attempt();
      if (tries > 0) {
        waitOptions.log(`${what} is there`);
        waitOptions.onWait?.(undefined);
      }
      return value;
    } catch (error) {
      if (dispositionOf(error) === 'stop') throw error;
      if (performance.now() - saidAtMs >= SAY_EVERY_MS) {
        saidAtMs = performance.now();
        waitOptions.log(`waiting for ${what}: ${formatError(error)}`);
        waitOptions.onWait?.(what);
      }
    }
    const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
    await delay(longest * (0.5 + Math.random() / 2), undefined, { signal: waitOptions.signal });
  }
}
