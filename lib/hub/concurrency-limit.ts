import pLimit from 'p-limit';

/** How many jobs run at once, how many more wait, and for how long a job waits at most. */
export interface ConcurrencyBounds {
  readonly running: number;
  readonly waiting: number;
  readonly maxWaitMs: number;
}

/**
 * Runs a job when fewer than the bound are running. False when the queue was full or the wait too long: then the job was
 * not run. Rejects as the job does.
 */
export type ConcurrencyLimit = (job: () => Promise<void>) => Promise<boolean>;

/** Creates a {@link ConcurrencyLimit} with a bounded queue, in order of arrival. */
export function createConcurrencyLimit({ running, waiting, maxWaitMs }: ConcurrencyBounds): ConcurrencyLimit {
  const limit = pLimit(running);
  let admitted = 0;

  return async (job) => {
    if (admitted >= running + waiting) return false;
    admitted += 1;
    const leaving = new AbortController();
    // What waits keeps no hub from ending: its connection is closed by then.
    const timer = setTimeout(() => leaving.abort(), maxWaitMs).unref();
    const hasLeft = new Promise<boolean>((resolve) => {
      leaving.signal.addEventListener('abort', () => resolve(false), { once: true });
    });
    try {
      const done = limit(async () => {
        if (leaving.signal.aborted) return false;
        clearTimeout(timer);
        await job();
        return true;
      });
      return await Promise.race([done, hasLeft]);
    } finally {
      admitted -= 1;
    }
  };
}
