import { schedule as cron, validate } from 'node-cron';
import { SwarmError } from '../core/errors.ts';
import { type BeatQueue, createBeatQueue, type WaitingBeat } from './beat-queue.ts';

/** When an agent beats: by a cron expression, or at a fixed interval with a phase of its own. */
export type Rhythm =
  | { readonly type: 'cron'; readonly expression: string; readonly maxJitterSeconds: number }
  | { readonly type: 'every'; readonly seconds: number; readonly phaseSeconds: number };

/** A running schedule. */
export interface Schedule {
  /**
   * Requests a beat soon. All nudges that come before it starts are one beat, and in a round there are at most
   * {@link EXTRA_BEATS} besides the scheduled one; the others wait for that.
   * @param by when the beat is needed, in seconds since 1970: among the agents of a host the earliest goes first. Without it
   * the next scheduled beat would do.
   */
  readonly nudge: (by?: number) => void;
  /**
   * Requests a beat at a time in seconds since 1970; only the earliest requested time is kept. One beat of the round is left
   * for it, however many nudges come.
   */
  readonly wakeAt: (at: number) => void;
  /** Sets the minimum interval of scheduled beats, in seconds. A cron expression isn't affected. */
  readonly stretchTo: (seconds: number) => void;
  /**
   * How long it can take until another beat has ended, in seconds: a round, and the longest of the last beats with its wait. The
   * running one counts as far as it is.
   */
  readonly paceSeconds: () => number;
  /** The most beats that have started in one round: {@link EXTRA_BEATS} and one, or fewer. */
  readonly mostInARound: () => number;
  /** Stops; resolves when a running beat has ended. */
  readonly stop: () => Promise<void>;
}

/** How many beats nudges and wakes may cause in a round, whoever causes them. */
export const EXTRA_BEATS = 2;
/** The longest round in which beats are counted, in seconds. Slower rhythms are divided, so that a trade doesn't take hours. */
const MAX_ROUND_SECONDS = 60;
/** The minimum pause after a beat before an extra one, in milliseconds. */
const MIN_GAP_MS = 1000;
/** The pause after a beat before a nudge starts another is at least this part of a round, so that more of them are one beat. */
const GAPS_IN_ROUND = 6;
/** A nudge that waits for the next round lets its scheduled beat fall due first, in milliseconds. */
const TICK_MS = 100;
/** How long a schedule sleeps before it looks at the clock again, which may have been set, in milliseconds. */
const MAX_SLEEP_MS = 10_000;
/** How many of the last beats tell the pace. */
const PACE_BEATS = 8;

/**
 * Runs `beat` by a rhythm and by nudges, never two at a time, with what triggered it. A scheduled beat that falls due
 * while another runs follows right after it.
 * @param queue the turns of all agents of the host.
 * @throws SwarmError `heartbeat/bad-schedule` for a cron expression that isn't one.
 */
export function startSchedule(
  rhythm: Rhythm,
  beat: (trigger: 'schedule' | 'nudge') => Promise<void>,
  queue: BeatQueue = createBeatQueue(),
): Schedule {
  let stopped = false;
  let running: Promise<void> | undefined;
  /** When the running beat fell due. */
  let runningSinceMs: number | undefined;
  let waiting: WaitingBeat | undefined;
  let scheduledDue = false;
  /** When the nudged beat is needed; undefined if there was no nudge. */
  let nudgedByMs: number | 'later' | undefined;
  let wake: { readonly at: number } | undefined;
  let lastEndedMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let extras = { round: Number.NaN, left: 0 };
  let counted = { round: Number.NaN, beats: 0 };
  let mostInARound = 0;
  const lastedMs: number[] = [];
  const rounds = createRounds(rhythm);

  function extrasLeft(): number {
    const round = rounds.current();
    if (extras.round !== round) extras = { round, left: EXTRA_BEATS };
    return extras.left;
  }

  function count(round: number): void {
    counted = { round, beats: counted.round === round ? counted.beats + 1 : 1 };
    mostInARound = Math.max(mostInARound, counted.beats);
  }

  /**
   * When a beat is needed. What has a deadline goes before the scheduled beats of a round, among itself by its deadline; a
   * scheduled beat that waited for a whole round comes before it all the same.
   */
  function urgentMs(byMs: number): number {
    return Math.min(byMs, rounds.endMs()) - rounds.seconds() * 1000;
  }

  /** The next beat: from when it may start, and by when it is needed; undefined if none is requested. */
  function nextBeat(): NextBeat | undefined {
    const endMs = rounds.endMs();
    const wakeMs = wake === undefined ? undefined : wake.at * 1000;
    const nudgedMs = nudgedByMs === undefined || nudgedByMs === 'later' ? endMs : urgentMs(nudgedByMs);
    if (scheduledDue) {
      const isTime = wakeMs !== undefined && wakeMs <= Date.now();
      return { fromMs: 0, byMs: Math.min(endMs, nudgedMs, isTime ? urgentMs(wakeMs) : endMs) };
    }
    const left = extrasLeft();
    const nextRoundMs = endMs + TICK_MS;
    const options: NextBeat[] = [];
    if (wakeMs !== undefined) {
      const fromMs = Math.max(wakeMs, lastEndedMs + MIN_GAP_MS, left > 0 ? 0 : nextRoundMs);
      options.push({ fromMs, byMs: urgentMs(wakeMs) });
    }
    if (nudgedByMs !== undefined) {
      const isKept = wakeMs !== undefined && wakeMs < endMs;
      const gapMs = Math.max(MIN_GAP_MS, (rounds.seconds() * 1000) / GAPS_IN_ROUND);
      const fromMs = Math.max(lastEndedMs + gapMs, left > (isKept ? 1 : 0) ? 0 : nextRoundMs);
      options.push({ fromMs, byMs: nudgedMs });
    }
    return options.sort((a, b) => a.fromMs - b.fromMs)[0];
  }

  function pump(): void {
    if (stopped || running !== undefined) return;
    const next = nextBeat();
    if (next === undefined) return;
    if (waiting !== undefined) {
      waiting.hasten(next.byMs);
      return;
    }
    clearTimeout(timer);
    const waitMs = next.fromMs - Date.now();
    if (waitMs > 0) {
      timer = setTimeout(pump, Math.min(waitMs, 2 ** 31 - 1));
      return;
    }
    const dueMs = Date.now();
    waiting = queue.enter({ byMs: next.byMs, run: () => start(dueMs) });
    // The queue may have started it at once.
    if (running !== undefined) waiting = undefined;
  }

  function start(dueMs: number): Promise<void> {
    waiting = undefined;
    runningSinceMs = dueMs;
    const trigger = scheduledDue ? 'schedule' : 'nudge';
    if (trigger === 'nudge') extras = { round: rounds.current(), left: extrasLeft() - 1 };
    count(rounds.current());
    scheduledDue = false;
    nudgedByMs = undefined;
    // The beat says anew when the next one is needed.
    wake = undefined;
    const ended = beat(trigger).finally(() => {
      running = undefined;
      runningSinceMs = undefined;
      lastEndedMs = Date.now();
      lastedMs.push(lastEndedMs - dueMs);
      if (lastedMs.length > PACE_BEATS) lastedMs.shift();
      // After the place in the queue is free, so that others that are more urgent come first.
      queueMicrotask(pump);
    });
    running = ended.catch(() => undefined);
    return ended;
  }

  const task = startTask(rhythm, rounds, () => {
    scheduledDue = true;
    pump();
  });

  return {
    nudge: (by) => {
      const before = typeof nudgedByMs === 'number' ? nudgedByMs : Number.POSITIVE_INFINITY;
      nudgedByMs = by === undefined ? (nudgedByMs ?? 'later') : Math.min(before, by * 1000);
      pump();
    },
    wakeAt: (at) => {
      if (stopped || (wake !== undefined && wake.at <= at)) return;
      wake = { at };
      pump();
    },
    stretchTo: rounds.stretchTo,
    mostInARound: () => mostInARound,
    paceSeconds: () => {
      const nowMs = Date.now();
      return rounds.seconds() + Math.max(0, nowMs - (runningSinceMs ?? nowMs), ...lastedMs) / 1000;
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      waiting?.leave();
      await task.destroy();
      await running;
    },
  };
}

/** From when a beat may start and by when it is needed, in milliseconds. */
interface NextBeat {
  readonly fromMs: number;
  readonly byMs: number;
}

/** The rounds of a rhythm: the time between two scheduled beats, or a part of it where that is long. */
interface Rounds {
  /** The length of a round, in seconds. */
  readonly seconds: () => number;
  /** The interval of the scheduled beats, in seconds. */
  readonly intervalSeconds: () => number;
  /** The number of the current round. */
  readonly current: () => number;
  readonly endMs: () => number;
  readonly stretchTo: (seconds: number) => void;
}

function createRounds(rhythm: Rhythm): Rounds {
  const phaseSeconds = rhythm.type === 'cron' ? 0 : rhythm.phaseSeconds;
  let leastSeconds = 0;
  const intervalSeconds = (): number =>
    rhythm.type === 'cron' ? MAX_ROUND_SECONDS : Math.max(rhythm.seconds, leastSeconds);
  const seconds = (): number => intervalSeconds() / Math.ceil(intervalSeconds() / MAX_ROUND_SECONDS);
  const current = (): number => Math.floor((Date.now() / 1000 - phaseSeconds) / seconds());
  return {
    seconds,
    intervalSeconds,
    current,
    endMs: () => ((current() + 1) * seconds() + phaseSeconds) * 1000,
    stretchTo: (least) => {
      leastSeconds = least;
    },
  };
}

function startTask(rhythm: Rhythm, rounds: Rounds, due: () => void) {
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
      // The phases of many agents are apart by less than the second of a cron expression.
      const slotOf = (seconds: number): number => Math.floor((Date.now() / 1000 - rhythm.phaseSeconds) / seconds);
      let seconds = rhythm.seconds;
      let slot = slotOf(seconds);
      let timer: NodeJS.Timeout;
      // A late look is harmless: the next one reads the clock.
      const look = (): void => {
        const stretched = rounds.intervalSeconds();
        // A changed interval alone causes no beat.
        if (stretched !== seconds) slot = slotOf(stretched);
        seconds = stretched;
        const now = slotOf(seconds);
        const isDue = now !== slot;
        slot = now;
        arm();
        if (isDue) due();
      };
      const arm = (): void => {
        const nextMs = ((slot + 1) * seconds + rhythm.phaseSeconds) * 1000;
        timer = setTimeout(look, Math.min(Math.max(Math.ceil(nextMs - Date.now()), 1), MAX_SLEEP_MS));
      };
      arm();
      return { destroy: () => clearTimeout(timer) };
    }
  }
}
