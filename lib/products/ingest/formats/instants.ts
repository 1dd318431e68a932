import { isDay, type SentAt } from './format.ts';

/** Years outside of these are mistakes. */
const FIRST_MS = Date.UTC(1988, 0, 1);
const LAST_MS = Date.UTC(2200, 0, 1);

/** A time in milliseconds since 1970, as a number or in digits; undefined for what can't be the time of a chat. */
export function instantOf(value: unknown): SentAt | undefined {
  const ms =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d{9,16}$/.test(value)
        ? Number(value)
        : Number.NaN;
  return ms >= FIRST_MS && ms < LAST_MS ? { kind: 'instant', ms: Math.floor(ms) } : undefined;
}

/** A time in seconds since 1970 with a fraction, as in `1714727000.000200`. */
export function instantOfSeconds(value: unknown): SentAt | undefined {
  const seconds = typeof value === 'string' && /^\d{9,11}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' ? instantOf(seconds * 1000) : undefined;
}

/** A time by ISO 8601: an instant with a zone, of a clock without. */
export function sentAtIso(value: string): SentAt | undefined {
  const [, day = '', time = '', zone] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)? ?(Z|[+-]\d{2}(?::?\d{2})?)?$/i.exec(value) ?? [];
  if (!isDay(day) || !/^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/.test(time)) return undefined;
  if (zone === undefined) return { kind: 'clock', day, time };
  const [, sign, hours = '00', minutes = '00'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  return instantOf(Date.parse(`${day}T${time}${sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`}`));
}
