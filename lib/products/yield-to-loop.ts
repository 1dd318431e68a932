import { setImmediate } from 'node:timers/promises';

/** How long the process may be kept from its other work at a stretch, in milliseconds. */
const SLICE_MS = 12;

/** Lets the rest of the process run when the current slice of time is used up; call it between small pieces of work. */
export type YieldToLoop = () => Promise<void> | undefined;

/** Creates a yieldToLoop. It changes when work is done, never what comes out. */
export function createYieldToLoop(): YieldToLoop {
  let started = performance.now();
  return () => {
    if (performance.now() - started < SLICE_MS) return undefined;
    return setImmediate().then(() => {
      started = performance.now();
    });
  };
}
