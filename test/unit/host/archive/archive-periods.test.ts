import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lastEnded,
  type PeriodLength,
  parsePeriodLength,
  periodId,
  periodOf,
} from '../../../../lib/core/archive-period.ts';
import { deletionRejection, pathRejection } from '../../../../lib/hub/path-rules.ts';
import { archivePath } from '../../../../lib/market/notes/archive-page.ts';
import { archivedTradesPath } from '../../../../lib/market/notes/archived-trade.ts';

const length: fc.Arbitrary<PeriodLength> = fc.oneof(
  fc.constant('month' as const),
  fc.integer({ min: 1, max: 10_000 }).map((minutes) => minutes * 60),
);
const time = fc.integer({ min: 0, max: 4_000_000_000 });

describe('the periods of the archive', () => {
  it('follow each other without a gap, each under a name of its own', () => {
    fc.assert(
      fc.property(time, length, (at, each) => {
        const period = periodOf(at, each);
        expect(period.startsAt <= at && at < period.endsAt).toBe(true);
        expect(periodOf(period.endsAt, each).startsAt).toBe(period.endsAt);
        expect(periodOf(period.endsAt, each).id > period.id).toBe(true);
        expect(periodId.safeParse(period.id).success).toBe(true);
      }),
    );
  });

  it('are over when they are archived, and for as long as late writes take', () => {
    fc.assert(
      fc.property(
        time.map((at) => at + 40_000_000),
        length,
        fc.integer({ min: 0, max: 100_000 }),
        (now, each, grace) => {
          expect(lastEnded(now, each, grace).endsAt).toBeLessThanOrEqual(now - grace);
        },
      ),
    );
  });

  it('are as people write them', () => {
    expect(['month', '10m', '1h', '7d', '0m', '1w', '999999d', ''].map(parsePeriodLength)).toEqual([
      ...['month', 600, 3600, 604_800],
      ...[undefined, undefined, undefined, undefined],
    ]);
  });
});

describe('the index of the archive', () => {
  it('is written and deleted by nobody who pushes, whatever the account is called', () => {
    for (const path of [
      archivePath('2026-11'),
      archivedTradesPath('2026-11', 1),
      'shared/archive/x.png',
      'shared/archive',
    ]) {
      for (const authors of [['kk-buyer'], ['people'], ['people', 'karmakadabra'], ['kk-treasury'], ['kk-ops']]) {
        expect(pathRejection(authors, path)).toBeDefined();
        if (path !== 'shared/archive') expect(deletionRejection(authors, path, false)).toBeDefined();
      }
    }
  });
});
