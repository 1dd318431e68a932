import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parseWrittenTime } from '../../../lib/products/ingest/formats/written-time.ts';
import { openTimeZone } from '../../../lib/products/ingest/time-zone.ts';
import { corpusOf, withFolder } from '../../support/product-maker.ts';

const SCANNER = join(import.meta.dirname, '../../support/scan-corpus.ts');
const chat = (timestamp: unknown, text: string) => `${JSON.stringify({ user: 'dora', timestamp, message: text })}\n`;

/** What a process with this machine's clock in some zone makes of logs: day, time and text of each message. */
async function soldIn(TZ: string, dir: string): Promise<readonly string[]> {
  const { stdout } = await execa(
    process.execPath,
    ['--import', 'tsx', SCANNER, join(dir, 'logs'), join(dir, `work-${TZ.replace('/', '-')}`)],
    {
      env: { TZ },
    },
  );
  return stdout.split('\n');
}

describe('a time without a zone', () => {
  it('is one of the time zone that the settings name, wherever the machine is', async () => {
    await withFolder(async (dir) => {
      await corpusOf(dir, {
        'corpus.yaml': 'timeZone: America/Los_Angeles\ndateOrder: month-first\n',
        'chat.jsonl': [
          chat('2024-05-03 23:30:00', 'blank'),
          chat('2024-05-03T23:31:00', 'iso'),
          chat('05/03/2024 23:40:00', 'slashes'),
          chat('2024-05-03T23:32:00Z', 'zoned'),
          chat(1_714_727_000, 'seconds'),
        ].join(''),
        '2024-05-05.txt': '[16:59] <ann> same day\n[17:00] <ann> next day\n',
      });
      const expected = [
        '2024-05-03 09:03:20 seconds',
        '2024-05-03 23:32:00 zoned',
        '2024-05-04 06:30:00 blank',
        '2024-05-04 06:31:00 iso',
        '2024-05-04 06:40:00 slashes',
        '2024-05-05 23:59 same day',
        '2024-05-06 00:00 next day',
      ];
      const zones = ['UTC', 'America/Los_Angeles', 'Asia/Kolkata'];
      const sold = await Promise.all(zones.map((zone) => soldIn(zone, dir)));
      for (const [at, zone] of zones.entries()) expect(sold[at]?.toSorted(), zone).toEqual(expected);
    });
  }, 240_000);

  it.each([
    ['Europe/Madrid', '2024-03-31', '01:59', '2024-03-31T00:59:00.000Z'],
    ['Europe/Madrid', '2024-03-31', '02:30', '2024-03-31T01:30:00.000Z'],
    ['Europe/Madrid', '2024-10-27', '02:30', '2024-10-27T00:30:00.000Z'],
    ['Europe/Madrid', '2024-10-27', '03:00', '2024-10-27T02:00:00.000Z'],
    ['America/New_York', '2024-03-10', '02:30', '2024-03-10T07:30:00.000Z'],
    ['America/New_York', '2024-11-03', '01:30', '2024-11-03T05:30:00.000Z'],
    ['Asia/Kolkata', '2024-01-01', '05:29:59', '2023-12-31T23:59:59.000Z'],
    ['UTC', '2024-02-29', '00:00', '2024-02-29T00:00:00.000Z'],
  ])(
    'is the first of two where the clock shows it twice, and later by the hour that it leaves out: %s %s %s',
    (zone, day, time, utc) => {
      expect(new Date(openTimeZone(zone).instantOf(day, time)).toISOString()).toBe(utc);
    },
  );
});

describe('a written time', () => {
  const at = Date.UTC(2024, 4, 3, 21, 30, 0);
  it.each([
    '2024-05-03T21:30:00Z',
    '2024-05-03 23:30:00+02:00',
    '2024-05-03T17:30:00.123456-0400',
    '2024-05-03 21:30:00 UTC',
    'Fri, 03 May 2024 21:30:00 GMT',
    'Fri May 03 2024 23:30:00 GMT+0200 (CEST)',
    String(at / 1000),
    at,
    at * 1000,
    String(at * 1000),
  ])('with a zone or of a counter is an instant: %s', (written) => {
    const parsed = parseWrittenTime(written, undefined);
    expect(parsed).toEqual({ kind: 'instant', ms: at });
  });

  it.each([
    ['2024-05-03 23:30:00', '2024-05-03', '23:30:00'],
    ['2024/05/03 23:30', '2024-05-03', '23:30'],
    ['13/05/2024 9:05', '2024-05-13', '09:05'],
    ['05/13/2024 9:05 PM', '2024-05-13', '21:05'],
    ['May 3, 2024 12:00 AM', '2024-05-03', '00:00'],
    ['2024-05-03', '2024-05-03', '00:00'],
  ])('without one is what a clock showed: %s', (written, day, time) => {
    expect(parseWrittenTime(written, undefined)).toEqual({ kind: 'clock', day, time });
  });

  it('in an order of day and month that only the owner knows is taken in that order, and else refuses the file', async () => {
    expect(parseWrittenTime('05/03/2024 23:40', 'month-first')).toMatchObject({ day: '2024-05-03' });
    expect(parseWrittenTime('05/03/2024 23:40', 'day-first')).toMatchObject({ day: '2024-03-05' });
    expect(parseWrittenTime('05/03/2024 23:40', undefined)).toBe('unclear-order');
    await withFolder(async (dir) => {
      const corpus = await corpusOf(dir, { 'chat.jsonl': chat('05/03/2024 23:40:00', 'hi') });
      await expect(corpus.scan()).rejects.toThrow(/set dateOrder in corpus\.yaml to day-first or month-first/);
    });
  });

  it.each([
    '2024-02-30',
    '2024-05-03 24:00',
    '1970-01-01',
    'yesterday',
    '',
    null,
    true,
    Number.NaN,
    '31/31/2024 10:00',
  ])('that there is not is none: %s', (written) => {
    expect(parseWrittenTime(written, undefined)).toBeUndefined();
  });
});
