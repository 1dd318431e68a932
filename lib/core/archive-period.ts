import { z } from 'zod';

/** The length of an archive's period: a calendar month in UTC, or seconds, counted from 1970. */
export type PeriodLength = 'month' | number;

/** A part of the vault's time that moves to the archive as one. Times in seconds since 1970; `endsAt` is the next period's start. */
export interface Period {
  /** As in `2026-11` for a month, `2026-11-30-1400` for a shorter period by its start. */
  readonly id: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

const ID = /\d{4}-\d{2}(?:-\d{2}-\d{4})?/;

/** The name of a period: a part of paths and of the ref's name. */
export const periodId = z
  .string()
  .regex(new RegExp(`^${ID.source}$`), 'must be a month as 2026-11, or the start of a period as 2026-11-30-1400');

/** The refs with the archived notes. Clones don't fetch them. */
export const ARCHIVE_REFS = 'refs/archive/';

/** The folder of the index pages on `main`, whose only writer is the hub, or the host where there is none. */
export const ARCHIVE_FOLDER = 'shared/archive';

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };
/** A year: longer periods would never end while anybody looks. */
const LONGEST_SECONDS = 366 * 86_400;

/** Parses the length of a period: `month`, or a number of minutes, hours or days as in `10m`, `1h`, `7d`; undefined for anything else. */
export function parsePeriodLength(text: string): PeriodLength | undefined {
  if (text === 'month') return 'month';
  const [, count, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  return seconds <= LONGEST_SECONDS ? seconds : undefined;
}

/** The period that a time is in. */
export function periodOf(at: number, length: PeriodLength): Period {
  if (length === 'month') {
    const date = new Date(at * 1000);
    const startOf = (month: number) => Date.UTC(date.getUTCFullYear(), month, 1) / 1000;
    const [startsAt, endsAt] = [startOf(date.getUTCMonth()), startOf(date.getUTCMonth() + 1)];
    return { id: isoOf(startsAt).slice(0, 7), startsAt, endsAt };
  }
  const startsAt = Math.floor(at / length) * length;
  const iso = isoOf(startsAt);
  return { id: `${iso.slice(0, 10)}-${iso.slice(11, 13)}${iso.slice(14, 16)}`, startsAt, endsAt: startsAt + length };
}

/** The newest period that ended at least `graceSeconds` ago. */
export function lastEnded(now: number, length: PeriodLength, graceSeconds: number): Period {
  return periodOf(periodOf(Math.max(0, now - graceSeconds), length).startsAt - 1, length);
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
