/** Turns what a clock of one time zone shows into UTC. */
export interface TimeZone {
  /** Milliseconds since 1970 of a local day and time, as in `2024-05-03` and `23:30` or `23:30:00`. */
  readonly instantOf: (day: string, time: string) => number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours whose offset is kept. */
const MAX_HOURS = 10_000;

/** Whether a text names a time zone of the IANA database that this system knows, as in `Europe/Madrid`. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens a time zone of the IANA database. A time that the clock shows twice, as summer time ends, is the first of the two; one that
 * it leaves out, as summer time begins, is as if the clock hadn't been put forward yet.
 */
export function openTimeZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  /** How much the clock is ahead of UTC at an instant. */
  const offsetAt = (ms: number): number => {
    const part = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const get = (type: string): number => part.get(type as Intl.DateTimeFormatPartTypes) ?? 0;
    const shown = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
    return shown - Math.floor(ms / 1000) * 1000;
  };
  /** By local hour: the offset where it is one for the hour and two days around it. */
  let steady = new Map<number, number | undefined>();
  const steadyOffset = (localMs: number): number | undefined => {
    const hour = Math.floor(localMs / HOUR_MS);
    if (!steady.has(hour)) {
      if (steady.size >= MAX_HOURS) steady = new Map();
      const before = offsetAt(localMs - DAY_MS);
      steady.set(hour, before === offsetAt(localMs + DAY_MS) && before === offsetAt(localMs) ? before : undefined);
    }
    return steady.get(hour);
  };
  return {
    instantOf: (day, time) => {
      const localMs = Date.parse(`${day}T${time}Z`);
      const offset = steadyOffset(localMs);
      if (offset !== undefined) return localMs - offset;
      const before = offsetAt(localMs - DAY_MS);
      const after = offsetAt(localMs + DAY_MS);
      const first = localMs - Math.max(before, after);
      const second = localMs - Math.min(before, after);
      if (offsetAt(first) === localMs - first) return first;
      if (offsetAt(second) === localMs - second) return second;
      return localMs - before;
    },
  };
}
