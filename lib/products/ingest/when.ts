import type { SentAt } from './formats/format.ts';

/** Day and time of a message in UTC; the day is absent when nothing tells it. */
export interface When {
  readonly day: string | undefined;
  /** `HH:MM` or `HH:MM:SS`. */
  readonly time: string;
}

/**
 * When a message was sent. A day in the file's path is the day of all its messages; else the line's own counts, else that of the
 * line before, `last`. A line without a time has that of the line before.
 */
export function whenOf(at: SentAt, dayOfFile: string | undefined, last: When): When {
  if (at.kind === 'instant') {
    const iso = new Date(at.ms).toISOString();
    return { day: dayOfFile ?? iso.slice(0, 10), time: iso.slice(11, 19) };
  }
  return { day: dayOfFile ?? at.day ?? last.day, time: at.time ?? last.time };
}
