import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochSeconds, formatDay, formatIso, formatMonth, isoTime, systemClock } from '../../../lib/core/time.ts';

const seconds = fc.integer({ min: 0, max: 253_402_300_799 });

describe('times', () => {
  it('come back unchanged from their ISO form', () => {
    fc.assert(
      fc.property(seconds, (at) => {
        const iso = isoTime.parse(formatIso(at));
        expect(Date.parse(iso)).toBe(at * 1000);
      }),
    );
  });

  it('sort as text as they sort in time', () => {
    fc.assert(
      fc.property(seconds, seconds, (one, other) => {
        expect(formatIso(one) < formatIso(other)).toBe(one < other);
      }),
    );
  });

  it('have the day and the month that their ISO form begins with', () => {
    fc.assert(
      fc.property(seconds, (at) => {
        expect(formatIso(at).startsWith(`${formatDay(at)}T`)).toBe(true);
        expect(formatDay(at).startsWith(`${formatMonth(at)}-`)).toBe(true);
      }),
    );
  });

  it('are whole seconds that a contract can hold', () => {
    expect(epochSeconds.safeParse(systemClock()).success).toBe(true);
    for (const bad of [-1, 1.5, Number.NaN, 2 ** 40]) expect(epochSeconds.safeParse(bad).success).toBe(false);
  });

  it.each(['2026-11-20', '2026-11-20T19:13:04', '2026-11-20T19:13:04.000Z', '2026-11-20T19:13:04+01:00', ''])(
    'in notes are not written as %j',
    (text) => expect(isoTime.safeParse(text).success).toBe(false),
  );
});
