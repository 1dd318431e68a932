import stringWidth from 'string-width';
import { displayText } from '../../lib/core/display-text.ts';
import { formatUsdc } from '../../lib/core/money.ts';
import { ACTIVITIES, type Activity, type AgentRow, activityOf } from './agent-row.ts';
import { cutText, fitText } from './cut-text.ts';
import type { News } from './news.ts';

/** What the screen of a run shows. */
export interface RunScreen {
  /** The results of the run so far, in one line. */
  readonly head: string;
  /** In the order of the manifests. */
  readonly rows: readonly AgentRow[];
  /** The newest first. */
  readonly news: readonly News[];
  /** Addresses and paths of vault, channel, chain and log, the most useful first. */
  readonly places: readonly string[];
  /** What Ctrl-C does, or what the program is waiting for. */
  readonly status: string;
}

export type Style = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';
/** Applies a style to text without changing its width. */
export type Paint = (style: Style, text: string) => string;

/** The size of what is drawn on, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A piece of a line; without a style it is plain. */
type Segment = readonly [style: Style | undefined, text: string];
type Line = readonly Segment[];

/** The most lines of news that are shown; older news is in the vault. */
const MAX_NEWS = 20;
/** The lines of news that take precedence over further rows of agents. */
const NEEDED_NEWS = 8;
/** A screen with fewer rows shows no places, or not all of them. */
const ROWS_FOR_PLACES = 16;
const ROWS_FOR_ALL_PLACES = 30;
/** A screen with fewer columns shows neither beats nor money. */
const COLUMNS_FOR_MONEY = 60;
/** With fewer columns, action and reason are cut as one text; with more, part of the reason always stays. */
const COLUMNS_FOR_REASON = 50;
const SEPARATOR = ' — ';

const ACTIVITY_STYLES: Readonly<Record<Activity, Style>> = {
  failing: 'red',
  trading: 'green',
  'waking up': 'dim',
  resting: 'dim',
};

/** Renders a screen as lines, none wider than the size and no more of them than it has rows. */
export function renderFrame(screen: RunScreen, { columns, rows }: Size, paint: Paint): readonly string[] {
  const status: Line = [['cyan', displayText(screen.status)]];
  const head: Line = [['bold', displayText(screen.head)]];
  const places = rows < ROWS_FOR_PLACES ? [] : screen.places.slice(0, rows < ROWS_FOR_ALL_PLACES ? 2 : undefined);
  const body = Math.max(0, rows - 2 - places.length);
  const wantedNews = Math.max(NEEDED_NEWS, body - screen.rows.length - 2);
  const newsRows = Math.min(screen.news.length, wantedNews, MAX_NEWS, Math.floor(body / 2) - 1);
  const news = newsRows < 1 ? [] : [[], ...newsLines(screen.news.slice(0, newsRows), columns)];
  const lines: readonly Line[] = [
    head,
    ...tableLines(screen.rows, { columns, rows: body - news.length }),
    ...news,
    ...places.map((line): Line => [['dim', displayText(line)]]),
    status,
  ];
  return lines.slice(-Math.max(rows, 1)).map((line) => paintLine(line, columns, paint));
}

/** The most urgent agents, then how many have no row and what they are doing. */
function tableLines(all: readonly AgentRow[], { columns, rows }: Size): readonly Line[] {
  if (rows < 2) return rows < 1 ? [] : [[['dim', countActivities(all)]]];
  const sorted = ACTIVITIES.flatMap((activity) => all.filter((row) => activityOf(row) === activity));
  const room = rows - 1;
  const shown = sorted.length <= room ? sorted : sorted.slice(0, room - 1);
  const left = sorted.slice(shown.length);
  const nameWidth = widthOfNames(
    all.map(({ name }) => name),
    columns,
  );
  const numbers = (beats: string, balance: string, revenue: string): string =>
    columns < COLUMNS_FOR_MONEY ? '' : [fitText(beats, 7, 'right'), ...[balance, revenue].map(asMoney)].join('');
  const textWidth = columns - nameWidth - stringWidth(numbers('', '', '')) - 1;
  const rowLine = (row: AgentRow): Line => {
    const activity = activityOf(row);
    const beats = row.errors > 0 ? `${row.beats} ${row.errors}!` : String(row.beats);
    const balance = row.balanceAtomic === undefined ? '' : formatUsdc(row.balanceAtomic);
    const revenue = row.revenueAtomic === 0n ? '' : formatUsdc(row.revenueAtomic);
    return [
      [activity === 'failing' ? 'red' : undefined, fitText(displayText(row.name), nameWidth)],
      [row.errors > 0 ? 'yellow' : undefined, `${numbers(beats, balance, revenue)} `],
      [ACTIVITY_STYLES[activity], withReason(row.what, row.why, textWidth)],
    ];
  };
  const heading = `${fitText('agent', nameWidth)}${numbers('beat', 'balance', 'revenue')} what it does, and why`;
  return [
    [['dim', heading]],
    ...shown.map(rowLine),
    ...(left.length === 0 ? [] : [[['dim', countActivities(left)]] satisfies Line]),
  ];
}

/** Counts agents that have no row, as in `+15 community agents (6 trading, 9 resting), +1 system agent (resting)`. */
function countActivities(left: readonly AgentRow[]): string {
  const counted = (kind: string, rows: readonly AgentRow[]): readonly string[] => {
    if (rows.length === 0) return [];
    const activities = ACTIVITIES.flatMap((activity) => {
      const count = rows.filter((row) => activityOf(row) === activity).length;
      return count === 0 ? [] : [count === rows.length ? activity : `${count} ${activity}`];
    });
    return [`+${rows.length} ${kind} agent${rows.length === 1 ? '' : 's'} (${activities.join(', ')})`];
  };
  const isCommunity = ({ role }: AgentRow): boolean => role === 'buyer';
  return [
    ...counted('community', left.filter(isCommunity)),
    ...counted(
      'system',
      left.filter((row) => !isCommunity(row)),
    ),
  ].join(', ');
}

function newsLines(news: readonly News[], columns: number): readonly Line[] {
  const nameWidth = widthOfNames(
    news.map(({ agent }) => agent),
    columns,
  );
  return news.map(({ agent, what, why, isFailure }) => [
    [undefined, `${fitText(displayText(agent), nameWidth)} `],
    [isFailure ? 'red' : undefined, withReason(what, why, columns - nameWidth - 1)],
  ]);
}

/** The width of a column of names: as wide as the longest, but at most a third of the line. */
function widthOfNames(names: readonly string[], columns: number): number {
  return Math.min(Math.max(5, ...names.map((name) => stringWidth(displayText(name)))), Math.ceil(columns / 3));
}

function asMoney(amount: string): string {
  return fitText(amount, 9, 'right');
}

/** Joins action and reason in a number of columns: a long action leaves half of them to the reason. A reason that the action
 * contains is left out. */
function withReason(what: string, why: string, columns: number): string {
  const action = displayText(what);
  const reason = displayText(why);
  if (action.includes(reason)) return cutText(action, columns);
  if (columns < COLUMNS_FOR_REASON) return cutText(action + SEPARATOR + reason, columns);
  const free = columns - SEPARATOR.length;
  const reasonColumns = Math.min(stringWidth(reason), Math.max(Math.floor(columns / 2), free - stringWidth(action)));
  return cutText(action, free - reasonColumns) + SEPARATOR + cutText(reason, reasonColumns);
}

/** Cuts a line to its width and puts its pieces into their styles. */
function paintLine(line: Line, columns: number, paint: Paint): string {
  let free = columns;
  return line
    .map(([style, text]) => {
      const cut = cutText(text, free);
      free -= stringWidth(cut);
      return style === undefined || cut === '' ? cut : paint(style, cut);
    })
    .join('');
}
