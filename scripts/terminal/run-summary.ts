import { formatUsdc } from '../../lib/core/money.ts';
import { type TradeTotals, totalsSince } from '../../lib/host/machine/trade-totals.ts';
import { formatDuration } from './duration.ts';

/** The results of a run that has ended. */
export interface RunEnd {
  readonly seconds: number;
  readonly agents: readonly { readonly name: string; readonly beats: number; readonly errors: number }[];
  /** Offers made in this run, by product. */
  readonly offered: ReadonlyMap<string, number>;
  /** The trades at the start of the run. */
  readonly before: TradeTotals;
  /** The trades at the end; undefined where they could not be read. */
  readonly now: TradeTotals | undefined;
  /** How many writes have not reached the vault yet. */
  readonly spooled: number;
  readonly vaultPath: string;
  readonly logPath: string;
}

/** Formats the results of a run in a few lines, with what is still open and how to continue. */
export function summarizeRun(end: RunEnd): readonly string[] {
  const beats = end.agents.reduce((sum, agent) => sum + agent.beats, 0);
  return [
    `Ran for ${formatDuration(end.seconds)}: ${count(end.agents.length, 'agent')}, ${count(beats, 'beat')}, ${errorsOf(end)}`,
    goodsOf(end.offered),
    ...tradesOf(end),
    ...(end.spooled === 0
      ? []
      : [`${count(end.spooled, 'write')} did not reach the vault yet: the next start writes them`]),
    `The vault is ${end.vaultPath}; start again to continue from here`,
  ];
}

function errorsOf({ agents, logPath }: RunEnd): string {
  const failing = agents.filter(({ errors }) => errors > 0);
  if (failing.length === 0) return 'no errors';
  const errors = failing.reduce((sum, agent) => sum + agent.errors, 0);
  const names = failing.map((agent) => `${agent.name} ${agent.errors}`).join(', ');
  return `${count(errors, 'beat')} with errors (${names}): see ${logPath}`;
}

function goodsOf(offered: ReadonlyMap<string, number>): string {
  const goods = [...offered.values()].reduce((sum, number) => sum + number, 0);
  if (goods === 0) return 'Made no goods';
  const products = [...offered].sort(([a], [b]) => (a < b ? -1 : 1)).map(([product, number]) => `${number} ${product}`);
  return `Made and offered ${count(goods, 'good')}: ${products.join(', ')}`;
}

function tradesOf({ before, now }: RunEnd): readonly string[] {
  if (now === undefined) return ['The trades could not be read in time; see swarm-ops trades'];
  const { completed, paidAtomic, refunded, disputed, expired } = totalsSince(before, now);
  const inAll = before.completed === 0 ? '' : `, ${now.completed} with earlier runs`;
  const ends = [
    `${count(completed, 'trade')} paid (${formatUsdc(paidAtomic)} USDC${inAll})`,
    ...(refunded === 0 ? [] : [`${refunded} refunded`]),
    ...(disputed === 0 ? [] : [`${disputed} disputed`]),
    ...(expired === 0 ? [] : [`${expired} never paid`]),
  ];
  const open = now.open === 0 ? 'none is open' : `${now.open} open: the next start continues them`;
  return [[...ends, open].join(', ')];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
