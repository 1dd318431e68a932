import pLimit from 'p-limit';

/** The maximum number of running jobs and of queued jobs, and the timeout of a queued job. */
export interface ConcurrencyBounds {
  readonly running: number;
  readonly waiting: number;
  readonly maxWaitMs: number;
}

/**
 * Runs a job when fewer than the maximum are running. Resolves to false, without running the job, when the queue is full or
 * the timeout has passed. Rejects as the job does.
 */
export type ConcurrencyLimit = (job: () => Promise<void>) => Promise<boolean>;

/** Creates a {@link ConcurrencyLimit} with a bounded first-in, first-out queue. */
export function createConcurrencyLimit({ running, waiting, maxWaitMs }: ConcurrencyBounds): ConcurrencyLimit {
  const limit = pLimit(running);
  let admitted = 0;

  return async (job) => {
    if (admitted >= running + waiting) return false;
    admitted += 1;
    const leaving = new AbortController();
    // unref: a queued job doesn't keep the hub running; its connection is closed by then.
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
