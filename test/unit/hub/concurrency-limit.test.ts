import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConcurrencyLimit } from '../../../lib/hub/concurrency-limit.ts';

const NEVER_MS = 600_000;

/** A job that runs until it is told to end. */
function job() {
  const end = new AbortController();
  const work = { hasStarted: false, hasEnded: false, end: () => end.abort() };
  const run = async () => {
    work.hasStarted = true;
    await new Promise((resolve) => end.signal.addEventListener('abort', resolve));
    work.hasEnded = true;
  };
  return { work, run };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a concurrency limit', () => {
  it('runs no more than its bound at once, in order of arrival, and admits no more than may run and wait', async () => {
    const bounds = fc.record({ running: fc.integer({ min: 1, max: 4 }), waiting: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(bounds, fc.integer({ min: 1, max: 14 }), async ({ running, waiting }, count) => {
        const limit = createConcurrencyLimit({ running, waiting, maxWaitMs: NEVER_MS });
        const jobs = Array.from({ length: count }, job);
        const results = Promise.all(jobs.map(({ run }) => limit(run)));
        for (let ended = 0; ; ended++) {
          await settled();
          const admitted = Math.min(count, running + waiting);
          const started = Math.min(admitted, running + ended);
          expect(jobs.map(({ work }) => work.hasStarted)).toEqual(jobs.map((_, index) => index < started));
          if (ended === admitted) break;
          jobs[ended]?.work.end();
        }
        expect(await results).toEqual(jobs.map((_, index) => index < running + waiting));
      }),
    );
  });

  it('gives up what waited too long, and then admits others in its place', async () => {
    const limit = createConcurrencyLimit({ running: 1, waiting: 1, maxWaitMs: 5 });
    const [first, second, third] = [job(), job(), job()];
    const running = limit(first.run);
    expect(await limit(second.run)).toBe(false);
    const waiting = limit(third.run);
    first.work.end();
    expect(await running).toBe(true);
    await settled();
    expect([second.work.hasStarted, third.work.hasStarted]).toEqual([false, true]);
    third.work.end();
    expect(await waiting).toBe(true);
  });

  it('passes on the error of a job and goes on', async () => {
    const limit = createConcurrencyLimit({ running: 1, waiting: 0, maxWaitMs: NEVER_MS });
    await expect(limit(() => Promise.reject(new Error('the job failed')))).rejects.toThrow('the job failed');
    expect(await limit(async () => undefined)).toBe(true);
  });
});
