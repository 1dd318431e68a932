import type { BeatReport } from '../../lib/heartbeat/ports.ts';

/** Something that an agent did, for people who watch the market. */
export interface News {
  readonly agent: string;
  readonly what: string;
  readonly why: string;
  readonly isFailure: boolean;
}

/** The steps that every trade takes between its request and its end, and bookkeeping: only the log and the vault show them. */
const ROUTINE = /^(?:quoted|authorized the payment for|opened|revealed the key of|renewed the URL of|closed|updated) /;
const TRADE_ID = /, trade [0-9a-f]{8}\b/;

/** Picks the news of a beat: errors first, then what was decided, made, bought and sold. Equal actions become one, with a count. */
export function newsOf(report: BeatReport): readonly News[] {
  const { agent } = report;
  const errors = report.errors.map((why) => ({ agent, what: 'failed', why, isFailure: true }));
  const actions = report.did.filter(({ what }) => !ROUTINE.test(what));
  const groups = new Map<string, { readonly what: string; readonly why: string; count: number }>();
  for (const action of actions) {
    // Trade ids are left out, so that equal actions can be counted; `swarm-ops trades` lists them.
    const what = action.what.replace(TRADE_ID, '');
    const key = `${what}\n${action.reason}`;
    const group = groups.get(key) ?? { what, why: action.reason, count: 0 };
    group.count += 1;
    groups.set(key, group);
  }
  const news = [...groups.values()].map(({ what, why, count }) => ({
    agent,
    what: count === 1 ? what : `${what} (${count} times)`,
    why,
    isFailure: false,
  }));
  return [...errors, ...news];
}
