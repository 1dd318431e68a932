import type { BeatReport } from '../../lib/heartbeat/ports.ts';

/** Something that an agent did, for a person who follows the market. */
export interface News {
  readonly agent: string;
  readonly what: string;
  readonly why: string;
  readonly isFailure: boolean;
}

/** What every trade goes through between its request and its end, and bookkeeping: the log and the vault have it. */
const ROUTINE = /^(?:quoted|authorized the payment for|opened|revealed the key of|renewed the URL of|closed|updated) /;
const TRADE_ID = /, trade [0-9a-f]{8}\b/;

/** Picks what is news of a beat: errors first, then what was decided, made, bought and sold. Alike deeds are one. */
export function newsOf(report: BeatReport): readonly News[] {
  const { agent } = report;
  const errors = report.errors.map((why) => ({ agent, what: 'failed', why, isFailure: true }));
  const deeds = report.did.filter(({ what }) => !ROUTINE.test(what));
  const alike = new Map<string, { readonly what: string; readonly why: string; count: number }>();
  for (const deed of deeds) {
    // The vault and `swarm-ops trades` have the ids.
    const what = deed.what.replace(TRADE_ID, '');
    const key = `${what}\n${deed.reason}`;
    const group = alike.get(key) ?? { what, why: deed.reason, count: 0 };
    group.count += 1;
    alike.set(key, group);
  }
  const news = [...alike.values()].map(({ what, why, count }) => ({
    agent,
    what: count === 1 ? what : `${what} (${count} times)`,
    why,
    isFailure: false,
  }));
  return [...errors, ...news];
}
