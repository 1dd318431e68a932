import type { PeriodLength } from '../../core/archive-period.ts';

/** When notes move to the archive. */
export interface ArchiveSettings {
  readonly period: PeriodLength;
  /** How long after the end of a period it is archived, in seconds: late writes have landed by then. */
  readonly graceSeconds: number;
  /** How long after its last deadline a trade moves although a side never closed its note. */
  readonly leftAfterSeconds: number;
  /** How often it is looked whether a period is over. */
  readonly everySeconds: number;
}

const [MINUTE, DAY] = [60, 86_400];

/** The settings that follow from the length of a period. */
export function archiveSettings(period: PeriodLength): ArchiveSettings {
  const seconds = period === 'month' ? 30 * DAY : period;
  return {
    period,
    graceSeconds: within(Math.ceil(seconds / 6), MINUTE, DAY),
    leftAfterSeconds: within(24 * seconds, 10 * MINUTE, 7 * DAY),
    everySeconds: within(Math.ceil(seconds / 10), 10, 10 * MINUTE),
  };
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
