import { schedule as cron, validate } from 'node-cron';
import { formatError, SwarmError } from '../core/errors.ts';

/** When an agent beats: by a cron expression, or at a fixed interval with a phase of its own. */
export type Rhythm =
  | { readonly type: 'cron'; readonly expression: string; readonly maxJitterSeconds: number }
  | { readonly type: 'every'; readonly seconds: number; readonly phaseSeconds: number };

/** A running schedule. */
export interface Schedule {
  /** Requests a beat soon. Nudges that come while a beat runs or is due count as one. */
  readonly nudge: () => void;
  /** Requests a beat at a time in seconds since 1970; only the earliest requested time is kept. */
  readonly wakeAt: (at: number) => void;
  /** Sets the minimum interval of scheduled beats, in seconds. A cron expression isn't affected. */
  readonly stretchTo: (seconds: number) => void;
  /** Stops; resolves when a running beat has ended. */
  readonly stop: () => Promise<void>;
}

/** The minimum pause after a beat before a nudge starts the next, in milliseconds, so that nudges can't cause a busy loop. */
const MIN_GAP_MS = 1000;
const TICK = '* * * * * *';

/**
 * Runs `beat` by a rhythm and by nudges, never two at a time, with what triggered it. A scheduled beat that falls due
 * while another runs follows right after it.
 * @throws SwarmError `heartbeat/bad-schedule` for a cron expression that isn't one.
 */
export function startSchedule(rhythm: Rhythm, beat: (trigger: 'schedule' | 'nudge') => Promise<void>): Schedule {
  let stopped = false;
  let running: Promise<void> | undefined;
  let scheduledDue = false;
  let nudgedDue = false;
  let lastEndedMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let wake: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;

  function pump(): void {
    if (stopped || running !== undefined || !(scheduledDue || nudgedDue)) return;
    const waitMs = scheduledDue ? 0 : lastEndedMs + MIN_GAP_MS - Date.now();
    if (waitMs > 0) {
      timer ??= setTimeout(() => {
        timer = undefined;
        pump();
      }, waitMs);
      return;
    }
    const trigger = scheduledDue ? 'schedule' : 'nudge';
    scheduledDue = false;
    nudgedDue = false;
    running = beat(trigger)
      // Beats report their own errors; one that throws anyway must not end the agent.
      .catch((error: unknown) => process.emitWarning(`A beat threw: ${formatError(error)}`))
      .finally(() => {
        running = undefined;
        lastEndedMs = Date.now();
        pump();
      });
  }

  let leastSeconds = 0;
  const task = startTask(
    rhythm,
    () => leastSeconds,
    () => {
      scheduledDue = true;
      pump();
    },
  );

  function nudge(): void {
    nudgedDue = true;
    pump();
  }

  return {
    nudge,
    wakeAt: (at) => {
      if (stopped || (wake !== undefined && wake.at <= at)) return;
      if (wake !== undefined) clearTimeout(wake.timer);
      const delayMs = Math.min(Math.max(at * 1000 - Date.now(), 0), 2 ** 31 - 1);
      wake = {
        at,
        timer: setTimeout(() => {
          wake = undefined;
          nudge();
        }, delayMs),
      };
    },
    stretchTo: (seconds) => {
      leastSeconds = seconds;
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      if (wake !== undefined) clearTimeout(wake.timer);
      await task.destroy();
      await running;
    },
  };
}

function startTask(rhythm: Rhythm, leastSeconds: () => number, due: () => void) {
  switch (rhythm.type) {
    case 'cron': {
      if (!validate(rhythm.expression)) {
        throw new SwarmError({
          code: 'heartbeat/bad-schedule',
          disposition: 'stop',
          message: `${JSON.stringify(rhythm.expression)} is not a cron expression`,
          next: 'Write five or six fields, as in "*/5 * * * *", in spec.schedule.cron of the manifest.',
        });
      }
      return cron(rhythm.expression, due, { maxRandomDelay: rhythm.maxJitterSeconds * 1000, timezone: 'UTC' });
    }
    case 'every': {
      const slotOf = (seconds: number): number => Math.floor((Date.now() / 1000 - rhythm.phaseSeconds) / seconds);
      let seconds = rhythm.seconds;
      let slot = slotOf(seconds);
      // A late or missed tick is harmless: the next one reads the clock.
      const look = (): void => {
        const stretched = Math.max(rhythm.seconds, leastSeconds());
        // A changed interval alone causes no beat.
        if (stretched !== seconds) slot = slotOf(stretched);
        seconds = stretched;
        const now = slotOf(seconds);
        if (now === slot) return;
        slot = now;
        due();
      };
      return cron(TICK, look, { suppressMissedWarning: true });
    }
  }
}
