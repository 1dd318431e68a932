import type { SentAt } from './formats/format.ts';
import type { TimeZone } from './time-zone.ts';

/** Day and time of a message in UTC. */
export interface When {
  readonly day: string;
  /** `HH:MM` or `HH:MM:SS`. */
  readonly time: string;
}

/** What the clock of a log showed last, in its own time zone. The day is absent when nothing tells it. */
export interface Clock {
  readonly day: string | undefined;
  readonly time: string;
}

/**
 * When a message was sent, in UTC, and what the log's clock shows then. A line without a day has that of the line before, the first
 * ones that of the file's path; a line without a time that of the line before. None when nothing tells the day.
 */
export function whenOf(at: SentAt, last: Clock, zone: TimeZone): { readonly when?: When; readonly clock: Clock } {
  if (at.kind === 'instant') return { when: inUtc(at.ms, true), clock: last };
  const clock = { day: at.day ?? last.day, time: at.time ?? last.time };
  if (clock.day === undefined) return { clock };
  return { when: inUtc(zone.instantOf(clock.day, clock.time), clock.time.length > 5), clock };
}

function inUtc(ms: number, hasSeconds: boolean): When {
  const iso = new Date(ms).toISOString();
  return { day: iso.slice(0, 10), time: iso.slice(11, hasSeconds ? 19 : 16) };
}
