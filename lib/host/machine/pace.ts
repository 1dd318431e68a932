import { formatError } from '../../core/errors.ts';

/** The sample goes on at its pace for so long after somebody looked, or after the start, in seconds. */
export const UNSEEN_SECONDS = 900;
/** A client that stays on the channel without a word counts for so long, in seconds: bouncers stay for weeks. */
const SILENT_CLIENT_SECONDS = 3600;
/** How many times longer a day of the sample takes while nobody looks. */
export const SLOW_DAYS = 30;
/** The seconds between two beats of an agent while nobody looks, if they aren't more anyway. */
export const SLOW_BEAT_SECONDS = 20;
/** How often it is seen whether somebody looks, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/** The pace of a run on the sample: slower while nobody looks. */
export interface Pace {
  readonly isSlow: () => boolean;
  /** Says that somebody looks: the pace is normal at once. */
  readonly seen: () => void;
  readonly stop: () => void;
}

/** What {@link followPace} watches and what it calls. */
export interface PaceParts {
  /** In milliseconds. */
  readonly now: () => number;
  /** The nicks of clients of the IRC server that are not the swarm's. */
  readonly clients: () => readonly string[];
  /** When a command last looked, in milliseconds by the same clock. */
  readonly lastLookMs: () => Promise<number>;
  /** Called when the pace changes. */
  readonly onChange: (isSlow: boolean) => Promise<void> | void;
  readonly debug: (line: string) => void;
}

/** Follows who looks at the run: a client that joins or is there, a command, and what {@link Pace.seen} is called for. */
export function followPace(parts: PaceParts): Pace {
  const { now, clients, lastLookMs } = parts;
  let seenMs = now();
  let joinedMs = new Map<string, number>();
  let isSlow = false;

  function judge(): void {
    const slow = now() - seenMs >= UNSEEN_SECONDS * 1000;
    if (slow === isSlow) return;
    isSlow = slow;
    void Promise.resolve(parts.onChange(slow)).catch((error: unknown) => parts.debug(`pace: ${formatError(error)}`));
  }

  async function look(): Promise<void> {
    joinedMs = new Map(clients().map((nick) => [nick, joinedMs.get(nick) ?? now()]));
    for (const since of joinedMs.values()) {
      if (now() - since < SILENT_CLIENT_SECONDS * 1000) seenMs = now();
    }
    seenMs = Math.max(seenMs, Math.min(now(), await lastLookMs()));
    judge();
  }

  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((error: unknown) => parts.debug(`pace: ${formatError(error)}`))
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    isSlow: () => isSlow,
    seen: () => {
      seenMs = now();
      // Whoever says something is there for a while again.
      joinedMs = new Map([...joinedMs.keys()].map((nick) => [nick, now()]));
      judge();
    },
    stop: () => clearInterval(timer),
  };
}
