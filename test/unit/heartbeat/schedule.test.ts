import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBeatQueue } from '../../../lib/heartbeat/beat-queue.ts';
import { startSchedule } from '../../../lib/heartbeat/schedule.ts';

const EVERY_5 = { type: 'every', seconds: 5, phaseSeconds: 0 } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A schedule whose beats take as long as the test says. */
function start(lastMs: number, rhythm: Parameters<typeof startSchedule>[0] = EVERY_5, queue = createBeatQueue()) {
  const beats: { readonly trigger: string; readonly at: number }[] = [];
  let running = 0;
  let most = 0;
  const schedule = startSchedule(
    rhythm,
    async (trigger) => {
      beats.push({ trigger, at: Date.now() - 1_800_000_000_000 });
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, lastMs));
      running -= 1;
    },
    queue,
  );
  return { schedule, beats, most: () => most };
}

describe('a schedule', () => {
  it('beats by its rhythm', async () => {
    const { schedule, beats } = start(100);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(beats.map(({ trigger }) => trigger)).toEqual(['schedule', 'schedule', 'schedule', 'schedule']);
    await schedule.stop();
  });

  it('keeps its distance once it is stretched, without a beat for the change itself', async () => {
    const { schedule, beats } = start(100, { type: 'every', seconds: 2, phaseSeconds: 0 });
    await vi.advanceTimersByTimeAsync(9_500);
    const before = beats.length;
    expect(before).toBe(4);
    schedule.stretchTo(6);
    await vi.advanceTimersByTimeAsync(18_000);
    const times = beats.slice(before).map(({ at }) => at);
    expect(times.length).toBe(3);
    for (const [i, at] of times.slice(1).entries()) expect(at - (times[i] ?? 0)).toBe(6000);
    await schedule.stop();
  });

  it('never runs two beats at once, whatever is asked of it', async () => {
    const ask = fc.record({
      afterMs: fc.integer({ min: 0, max: 4000 }),
      what: fc.constantFrom('nudge' as const, 'wake' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { maxLength: 30 }), fc.integer({ min: 0, max: 12_000 }), async (asks, lastMs) => {
        const { schedule, beats, most } = start(lastMs);
        for (const { afterMs, what } of asks) {
          await vi.advanceTimersByTimeAsync(afterMs);
          if (what === 'nudge') schedule.nudge();
          else schedule.wakeAt(Date.now() / 1000 + 1);
        }
        expect(most()).toBeLessThanOrEqual(1);
        const gaps = beats.slice(1).map((beat, at) => ({ beat, gap: beat.at - (beats[at]?.at ?? 0) }));
        for (const { beat, gap } of gaps)
          if (beat.trigger === 'nudge') expect(gap).toBeGreaterThanOrEqual(1000 + lastMs);
        const stopped = schedule.stop();
        await vi.advanceTimersByTimeAsync(lastMs);
        await stopped;
      }),
      { numRuns: 60 },
    );
  });

  it('takes many nudges for one', async () => {
    const { schedule, beats } = start(3000);
    await vi.advanceTimersByTimeAsync(500);
    for (let nudges = 0; nudges < 9; nudges += 1) schedule.nudge();
    await vi.advanceTimersByTimeAsync(100);
    for (let nudges = 0; nudges < 9; nudges += 1) schedule.nudge();
    await vi.advanceTimersByTimeAsync(8000);
    expect(beats).toMatchObject([{ at: 500 }, { trigger: 'nudge', at: 4500 }, { trigger: 'schedule', at: 7500 }]);
    const stopped = schedule.stop();
    await vi.advanceTimersByTimeAsync(3000);
    await stopped;
  });

  it('does a scheduled beat that fell due during another right after it', async () => {
    const { schedule, beats } = start(3000);
    await vi.advanceTimersByTimeAsync(3900);
    schedule.nudge();
    await vi.advanceTimersByTimeAsync(4000);
    expect(beats).toMatchObject([
      { trigger: 'nudge', at: 3900 },
      { trigger: 'schedule', at: 6900 },
    ]);
    await vi.advanceTimersByTimeAsync(1900);
    const stopped = schedule.stop();
    await vi.advanceTimersByTimeAsync(3000);
    await stopped;
  });

  it('wakes at the earliest time it was asked for', async () => {
    const { schedule, beats } = start(10, { type: 'every', seconds: 3600, phaseSeconds: 0 });
    const now = Date.now() / 1000;
    schedule.wakeAt(now + 30);
    schedule.wakeAt(now + 7);
    schedule.wakeAt(now + 20);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(beats).toEqual([{ trigger: 'nudge', at: 7000 }]);
    await schedule.stop();
  });

  it('stops after the beat under way, and beats no more', async () => {
    const { schedule, beats } = start(2000);
    schedule.nudge();
    let isStopped = false;
    const stopped = schedule.stop().then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(isStopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    await stopped;
    schedule.nudge();
    schedule.wakeAt(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(beats).toHaveLength(1);
  });

  it('goes on after a beat that threw, with a warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    let beats = 0;
    const schedule = startSchedule(EVERY_5, async () => {
      beats += 1;
      throw new Error('a beat never throws');
    });
    await vi.advanceTimersByTimeAsync(11_000);
    expect(beats).toBe(2);
    expect(warn).toHaveBeenCalledTimes(2);
    warn.mockRestore();
    await schedule.stop();
  });

  it('refuses what is no cron expression', () => {
    const rhythm = { type: 'cron', expression: 'now and then or so', maxJitterSeconds: 0 } as const;
    expect(() => startSchedule(rhythm, async () => undefined)).toThrow(
      expect.objectContaining({ code: 'heartbeat/bad-schedule' }),
    );
  });
});

describe('the beats of a round', () => {
  const BASE_MS = 1_800_000_000_000;
  const round = (atMs: number, seconds: number): number => Math.floor(atMs / (seconds * 1000));

  it('are at most three, however many nudges and wakes come and however long a beat takes or waits', async () => {
    const ask = fc.record({
      afterMs: fc.integer({ min: 0, max: 3000 }),
      what: fc.constantFrom('nudge', 'urgent', 'wake', 'busy'),
      times: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(ask, { minLength: 20, maxLength: 60 }),
        fc.integer({ min: 0, max: 4000 }),
        fc.constantFrom(5, 30, 60),
        async (asks, lastMs, seconds) => {
          vi.setSystemTime(BASE_MS);
          const queue = createBeatQueue(1);
          const { schedule, beats } = start(lastMs, { type: 'every', seconds, phaseSeconds: 0 }, queue);
          for (const { afterMs, what, times } of asks) {
            await vi.advanceTimersByTimeAsync(afterMs);
            if (what === 'busy') {
              const run = () => new Promise<void>((resolve) => setTimeout(resolve, times * 400));
              queue.enter({ byMs: 0, run });
              continue;
            }
            for (let i = 0; i < times; i += 1) {
              if (what === 'wake') schedule.wakeAt(Date.now() / 1000);
              else schedule.nudge(what === 'urgent' ? Date.now() / 1000 : undefined);
            }
          }
          const rounds = 1 + round(Date.now() - BASE_MS, seconds);
          const inRounds = Array.from({ length: rounds }, (_, one) =>
            beats.filter(({ at }) => round(at, seconds) === one),
          );
          for (const one of inRounds) {
            expect(one.length).toBeLessThanOrEqual(3);
            expect(one.filter(({ trigger }) => trigger === 'nudge').length).toBeLessThanOrEqual(2);
          }
          expect(schedule.mostInARound()).toBe(Math.max(...inRounds.map((one) => one.length)));
          const stopped = schedule.stop();
          await vi.advanceTimersByTimeAsync(lastMs);
          await stopped;
        },
      ),
      { numRuns: 100 },
    );
  });

  it('take the nudges of a pause as one, the longer the round the more of them', async () => {
    const { schedule, beats } = start(100, { type: 'every', seconds: 30, phaseSeconds: 0 });
    schedule.nudge();
    await vi.advanceTimersByTimeAsync(100);
    for (let nudges = 0; nudges < 40; nudges += 1) {
      schedule.nudge();
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(5000);
    expect(beats).toEqual([
      { trigger: 'nudge', at: 0 },
      { trigger: 'nudge', at: 5100 },
    ]);
    await schedule.stop();
  });

  it('keep one for what the agent itself has to do at a time, whoever nudges it', async () => {
    const { schedule, beats } = start(10, { type: 'every', seconds: 30, phaseSeconds: 0 });
    schedule.nudge();
    await vi.advanceTimersByTimeAsync(10);
    schedule.wakeAt(Date.now() / 1000 + 20);
    for (let second = 0; second < 25; second += 1) {
      schedule.nudge();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(beats.map(({ at }) => at)).toEqual([0, 20_010]);
    await schedule.stop();
  });

  it('go first among the agents of a host where they are needed first', async () => {
    const queue = createBeatQueue(1);
    const order: string[] = [];
    const agent = (name: string) =>
      startSchedule(
        { type: 'every', seconds: 30, phaseSeconds: 0 },
        async () => {
          order.push(name);
          await new Promise((resolve) => setTimeout(resolve, 100));
        },
        queue,
      );
    const names = ['busy', 'chat', 'pays', 'reveals'] as const;
    const [busy, chat, pays, reveals] = names.map(agent);
    busy?.nudge();
    chat?.nudge();
    pays?.nudge(Date.now() / 1000 + 20);
    reveals?.wakeAt(Date.now() / 1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(order).toEqual(['busy', 'reveals', 'pays', 'chat']);
    await Promise.all([busy, chat, pays, reveals].map((one) => one?.stop()));
  });

  it('that have a deadline go before scheduled ones', async () => {
    const queue = createBeatQueue(1);
    const order: string[] = [];
    const agent = (name: string, lastMs: number, phaseSeconds: number) =>
      startSchedule(
        { type: 'every', seconds: 30, phaseSeconds },
        async () => {
          order.push(name);
          await new Promise((resolve) => setTimeout(resolve, lastMs));
        },
        queue,
      );
    const agents = [agent('slow', 20_000, 0), agent('rests', 100, 2), agent('pays', 100, 25)];
    const [slow, , pays] = agents;
    slow?.nudge();
    await vi.advanceTimersByTimeAsync(5000);
    pays?.nudge(Date.now() / 1000 + 900);
    await vi.advanceTimersByTimeAsync(15_200);
    expect(order).toEqual(['slow', 'pays', 'rests']);
    await Promise.all(agents.map((one) => one.stop()));
  });

  it('tell how long the next one may take: a round and the slowest of the last ones', async () => {
    const { schedule } = start(1500);
    expect(schedule.paceSeconds()).toBe(5);
    schedule.nudge();
    await vi.advanceTimersByTimeAsync(2000);
    expect(schedule.paceSeconds()).toBe(6.5);
    await schedule.stop();
  });

  it('count the running beat, since it is the first after a start that takes longest', async () => {
    const { schedule } = start(60_000);
    schedule.nudge();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(schedule.paceSeconds()).toBe(45);
    const stopped = schedule.stop();
    await vi.advanceTimersByTimeAsync(20_000);
    await stopped;
  });
});
