import { isDay, type SentAt } from './format.ts';

const MONTHS: readonly string[] = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** A clock that is put back goes back by less; one that passes midnight by more, unless hardly anybody speaks. */
const PUT_BACK_MINUTES = 2 * 60;
const DAY_MS = 86_400_000;

/** A time of the clock at the start of a pattern: `9:01`, `09:01:02`, `9:01 pm`. */
export const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?:[ \u00a0\u202f]?[ap]\.?m\.?)?`;

/** A time as `HH:MM` or `HH:MM:SS`; undefined for one that no clock shows. Of 12 hours with `am` and `pm`. */
export function timeOf(text: string): string | undefined {
  const [, hour, minute, second, half] =
    /^(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[\s\u00a0\u202f]*([ap])\.?[\s\u00a0\u202f]*m\.?)?$/i.exec(text) ?? [];
  const shown = Number(hour);
  if (half !== undefined && (shown < 1 || shown > 12)) return undefined;
  const hours = half === undefined ? shown : (shown % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  if (!(hours < 24 && Number(minute) < 60 && Number(second ?? 0) < 60)) return undefined;
  const start = `${String(hours).padStart(2, '0')}:${minute}`;
  return second === undefined ? start : `${start}:${second}`;
}

/** The day in a date as C's `ctime` writes it, with or without a time: `Fri May  3 09:00:00 2024`. */
export function dayOfDate(text: string): string | undefined {
  const [, month = '', day = '', year] =
    /^\s*(?:\p{L}+\.?,?\s+)?(\p{L}{3})\p{L}*\s+(\d{1,2})\s+(?:[\d:]+\s+)?(?:[A-Z]+\s+)?(\d{4})\b/u.exec(text) ?? [];
  return year === undefined ? undefined : dayFrom(Number(year), month, day);
}

/** A day by the English name of its month. */
export function dayFrom(year: number, month: string, day: string): string | undefined {
  const number = MONTHS.indexOf(month.toLowerCase().slice(0, 3)) + 1;
  const text = `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(text) ? text : undefined;
}

/** Gives times their days in a log that says the day only now and then. */
export interface DayClock {
  readonly setDay: (day: string) => void;
  /** The time; on the next day when it is past midnight, which is told by a clock that goes back by more than hours are put back. */
  readonly at: (time: string) => SentAt;
}

/** Starts without a day: those of the file's path count until one is set. */
export function createDayClock(): DayClock {
  let today: string | undefined;
  let last = 0;
  return {
    setDay: (day) => {
      today = day;
      last = 0;
    },
    at: (time) => {
      const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
      if (today !== undefined && minutes + PUT_BACK_MINUTES < last)
        today = new Date(Date.parse(`${today}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
      last = minutes;
      return today === undefined ? { kind: 'clock', time } : { kind: 'clock', day: today, time };
    },
  };
}
