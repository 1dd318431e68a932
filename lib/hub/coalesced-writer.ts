import { setTimeout as delay } from 'node:timers/promises';

/** Writes something after it changed: at once, and then no more often than at an interval. */
export interface CoalescedWriter {
  /** Called after each change. */
  readonly changed: () => void;
  /** Resolves once the last change is written, or failed to be. */
  readonly close: () => Promise<void>;
}

/** Creates a {@link CoalescedWriter}; an error of `write` goes to `onError`, and the next change is written again. */
export function createCoalescedWriter(
  write: () => Promise<void>,
  intervalMs: number,
  onError: (error: unknown) => void,
): CoalescedWriter {
  const closing = new AbortController();
  let hasChanged = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (hasChanged) {
      hasChanged = false;
      await write().catch(onError);
      await delay(intervalMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
    running = undefined;
  }

  return {
    changed: () => {
      hasChanged = true;
      running ??= run();
    },
    close: async () => {
      closing.abort();
      await running;
    },
  };
}
