import { type DateOrder, isDay, type SentAt } from './format.ts';

/** Years outside of these are mistakes. */
const FIRST_MS = Date.UTC(1988, 0, 1);
const LAST_MS = Date.UTC(2200, 0, 1);

const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?:\s?([ap])\.?m\.?)?`;
const ZONE = String.raw`\s?((?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?|Z|UTC|GMT)`;
const ISO = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?:[T ,]+${CLOCK}(?:${ZONE})?)?$`, 'iu');
const MIXED = new RegExp(`^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})(?:[T ,]+${CLOCK}(?:${ZONE})?)?$`, 'iu');
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NAMED = new RegExp(
  `^(?:[a-z]{3,9},?\\s+)?(?:(\\d{1,2})\\s+([a-z]{3})[a-z]*\\.?|([a-z]{3})[a-z]*\\.?\\s+(\\d{1,2})),?\\s+(?:(\\d{4})[, ]+${CLOCK}|${CLOCK}\\s+(\\d{4}))(?:${ZONE}(?:\\s*\\([^)]*\\))?)?$`,
  'iu',
);

/** A time, or a date whose order of day and month isn't known. */
export type WrittenTime = SentAt | 'unclear-order' | undefined;

/**
 * Parses a time as programs write it: seconds, milliseconds, micro- or nanoseconds since 1970; ISO 8601 and its relatives; RFC 2822;
 * `05/03/2024 23:40`, in the order given, or in the one that only fits. Without a zone it is what a clock showed. Nothing depends on
 * this machine's time zone.
 */
export function parseWrittenTime(value: unknown, order: DateOrder | undefined): WrittenTime {
  if (typeof value === 'number') return instant(sinceEpoch(value));
  if (typeof value !== 'string' || value.length > 80) return undefined;
  const text = value.trim();
  if (/^\d{9,19}(?:\.\d+)?$/.test(text)) return instant(sinceEpoch(Number(text)));
  const iso = ISO.exec(text);
  if (iso !== null) return clock([iso[1], iso[2], iso[3]], iso.slice(4, 8), iso[8]);
  const mixed = MIXED.exec(text);
  if (mixed !== null) {
    const [, first = '', second = '', year] = mixed;
    const known =
      Number(first) > 12 ? 'day-first' : Number(second) > 12 ? 'month-first' : first === second ? 'day-first' : order;
    if (known === undefined) return 'unclear-order';
    const [day, month] = known === 'day-first' ? [first, second] : [second, first];
    return clock([year, month, day], mixed.slice(4, 8), mixed[8]);
  }
  const named = NAMED.exec(text);
  if (named === null) return undefined;
  const month = MONTHS.indexOf((named[2] ?? named[3] ?? '').toLowerCase()) + 1;
  const isYearFirst = named[5] !== undefined;
  const date = [named[5] ?? named[10], String(month), named[1] ?? named[4]];
  return clock(date, isYearFirst ? named.slice(6, 10) : [...named.slice(6, 10)], named[15]);
}

function sinceEpoch(value: number): number {
  if (value < 1e11) return value * 1000;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1000 : value / 1e6;
}

function instant(ms: number): SentAt | undefined {
  return Number.isFinite(ms) && ms >= FIRST_MS && ms < LAST_MS ? { kind: 'instant', ms: Math.floor(ms) } : undefined;
}

function clock(
  [year = '', month = '', date = '']: readonly (string | undefined)[],
  [hour = '0', minute = '00', second, half]: readonly (string | undefined)[],
  zone: string | undefined,
): SentAt | undefined {
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const twelve = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  const time = `${String(twelve).padStart(2, '0')}:${minute}${second === undefined ? '' : `:${second}`}`;
  const ms =
    isDay(day) && /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/.test(time) ? Date.parse(`${day}T${time}Z`) : Number.NaN;
  if (instant(ms) === undefined) return undefined;
  if (zone === undefined) return { kind: 'clock', day, time };
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return instant(sign === '-' ? ms + offset : ms - offset);
}
