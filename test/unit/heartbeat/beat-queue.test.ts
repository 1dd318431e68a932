import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBeatQueue } from '../../../lib/heartbeat/beat-queue.ts';

/** Beats that run until the test ends them. */
function beats() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (name: string) => () => {
    started.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { started, run, end };
}

describe('beats of one host', () => {
  it('run a few at once, the most urgent of the waiting ones next', async () => {
    const queue = createBeatQueue(2);
    const { started, run, end } = beats();
    queue.enter({ byMs: 900, run: run('first') });
    queue.enter({ byMs: 800, run: run('second') });
    queue.enter({ byMs: 700, run: run('chat') });
    queue.enter({ byMs: 300, run: run('reveal') });
    queue.enter({ byMs: 500, run: run('payment') });
    expect(started).toEqual(['first', 'second']);
    await end('first');
    await end('second');
    await end('reveal');
    expect(started).toEqual(['first', 'second', 'reveal', 'payment', 'chat']);
  });

  it('go by what is known when a place is free: one can become urgent, or leave', async () => {
    const queue = createBeatQueue(1);
    const { started, run, end } = beats();
    queue.enter({ byMs: 0, run: run('running') });
    queue.enter({ byMs: 100, run: run('early') });
    const hastened = queue.enter({ byMs: 900, run: run('hastened') });
    const left = queue.enter({ byMs: 1, run: run('left') });
    hastened.hasten(50);
    hastened.hasten(700);
    left.leave();
    for (const name of ['running', 'hastened', 'early']) await end(name);
    expect(started).toEqual(['running', 'hastened', 'early']);
  });

  it('are never more than the maximum, and all run, in the order of their need', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 6 }),
        async (needs, most) => {
          const queue = createBeatQueue(most);
          const order: number[] = [];
          let running = 0;
          let peak = 0;
          const done = needs.map(
            (byMs) =>
              new Promise<void>((resolve) => {
                queue.enter({
                  byMs,
                  run: async () => {
                    order.push(byMs);
                    running += 1;
                    peak = Math.max(peak, running);
                    await new Promise((next) => setImmediate(next));
                    running -= 1;
                    resolve();
                  },
                });
              }),
          );
          await Promise.all(done);
          expect(peak).toBeLessThanOrEqual(most);
          const waited = order.slice(most);
          expect(waited).toEqual([...waited].sort((a, b) => a - b));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('give their place back although one fails', async () => {
    const warnings: string[] = [];
    const hear = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', hear);
    const queue = createBeatQueue(1);
    queue.enter({ byMs: 0, run: () => Promise.reject(new Error('broken')) });
    await new Promise<void>((resolve) => queue.enter({ byMs: 0, run: async () => resolve() }));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', hear);
    expect(warnings).toEqual([expect.stringContaining('broken')]);
  });

  it('leave their place while they wait for another process or a server, and go on at once', async () => {
    const queue = createBeatQueue(1);
    const { started, run, end } = beats();
    let answer: (value: string) => void = () => undefined;
    const did: string[] = [];
    queue.enter({
      byMs: 0,
      run: async () => {
        did.push(await queue.aside(() => new Promise<string>((resolve) => (answer = resolve))));
        await expect(queue.aside(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
        did.push('end');
      },
    });
    queue.enter({ byMs: 1, run: run('other') });
    queue.enter({ byMs: 2, run: run('last') });
    expect(started).toEqual(['other']);
    answer('made');
    await new Promise((resolve) => setImmediate(resolve));
    expect(did).toEqual(['made', 'end']);
    await end('other');
    expect(started).toEqual(['other', 'last']);
  });
});
