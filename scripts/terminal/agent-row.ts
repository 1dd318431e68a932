import type { Manifest, Role } from '../../lib/core/manifest.ts';
import { formatUsdc } from '../../lib/core/money.ts';
import type { BeatReport } from '../../lib/heartbeat/ports.ts';
import { newsOf } from './news.ts';

/** One agent as the table shows it. */
export interface AgentRow {
  readonly name: string;
  readonly role: Role;
  readonly beats: number;
  readonly errors: number;
  readonly what: string;
  readonly why: string;
  readonly balanceAtomic: bigint | undefined;
  readonly revenueAtomic: bigint;
  readonly isOk: boolean;
  /** Beats since it last did something worth showing; undefined while it has done nothing. */
  readonly quietBeats: number | undefined;
}

/** What an agent is doing, the most urgent first. */
export const ACTIVITIES = ['failing', 'trading', 'waking up', 'resting'] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** An action stays in the agent's row for this many further beats: at one beat a second nobody could read it otherwise. */
const SHOWN_BEATS = 4;

/** Gives the row of an agent before its first beat. */
export function wakingRow({ metadata, spec }: Manifest): AgentRow {
  return {
    name: metadata.name,
    role: spec.role,
    beats: 0,
    errors: 0,
    what: 'waking up',
    why: `budget ${formatUsdc(spec.budget.daily)} USDC a day`,
    balanceAtomic: undefined,
    revenueAtomic: 0n,
    isOk: true,
    quietBeats: undefined,
  };
}

/** Gives the row of an agent after a beat. */
export function nextRow(before: AgentRow, report: BeatReport): AgentRow {
  const [first] = newsOf(report);
  const quietBeats = first !== undefined ? 0 : before.quietBeats === undefined ? undefined : before.quietBeats + 1;
  const isStillShown = before.isOk && quietBeats !== undefined && quietBeats <= SHOWN_BEATS;
  return {
    ...before,
    beats: before.beats + 1,
    errors: before.errors + (report.ok ? 0 : 1),
    ...(first !== undefined
      ? { what: first.what, why: first.why }
      : isStillShown
        ? {}
        : { what: report.task, why: report.reason }),
    balanceAtomic: report.balanceAtomic ?? before.balanceAtomic,
    revenueAtomic: report.revenueAtomic,
    isOk: report.ok,
    quietBeats,
  };
}

export function activityOf(row: AgentRow): Activity {
  if (!row.isOk) return 'failing';
  if (row.beats === 0) return 'waking up';
  return row.quietBeats !== undefined && row.quietBeats <= SHOWN_BEATS ? 'trading' : 'resting';
}
