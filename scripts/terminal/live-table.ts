import { styleText } from 'node:util';
import Table from 'cli-table3';
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import { displayText } from '../../lib/core/display-text.ts';
import { formatUsdc } from '../../lib/core/money.ts';

/** One row of the table. */
export interface AgentRow {
  readonly name: string;
  readonly role: string;
  readonly beats: number;
  readonly errors: number;
  readonly task: string;
  readonly reason: string;
  readonly balanceAtomic: bigint | undefined;
  readonly revenueAtomic: bigint;
  readonly isOk: boolean;
}

/** Draws rows over and over in the same place. */
export interface LiveTable {
  readonly draw: (rows: readonly AgentRow[], footer: readonly string[]) => void;
  /** Leaves the last table on the screen. */
  readonly close: () => void;
}

const FIXED_COLUMNS = 62;

/** Creates a table on a terminal; rows are cut to its width, and whatever strangers wrote is made harmless. */
export function createLiveTable(stream: NodeJS.WriteStream): LiveTable {
  const update = createLogUpdate(stream, { showCursor: true });
  return {
    draw: (rows, footer) => update([renderTable(rows, stream), ...footer].join('\n')),
    close: () => update.done(),
  };
}

/** Renders the table for a stream: as wide as it is, in colours if it shows them. */
function renderTable(rows: readonly AgentRow[], stream: NodeJS.WriteStream): string {
  const textWidth = Math.max((stream.columns ?? 100) - FIXED_COLUMNS, 20);
  const styled = (style: 'red' | 'yellow' | 'green' | 'dim', text: string) => styleText(style, text, { stream });
  const table = new Table({
    head: ['agent', 'beat', 'balance', 'revenue', 'what it does, and why'],
    style: { head: ['cyan'], border: ['gray'], compact: true, 'padding-left': 0, 'padding-right': 1 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: ' ',
    },
    colAligns: ['left', 'right', 'right', 'right', 'left'],
  });
  for (const row of rows) {
    const text = `${row.task} — ${row.reason}`;
    const shown = cut(displayText(text), textWidth);
    table.push([
      row.isOk ? row.name : styled('red', row.name),
      row.errors > 0 ? styled('yellow', `${row.beats} (${row.errors}!)`) : String(row.beats),
      row.balanceAtomic === undefined ? '?' : formatUsdc(row.balanceAtomic),
      row.revenueAtomic === 0n ? '' : styled('green', formatUsdc(row.revenueAtomic)),
      row.task.startsWith('rest') ? styled('dim', shown) : shown,
    ]);
  }
  return table.toString();
}

function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let out = '';
  for (const character of text) {
    if (stringWidth(out + character) > width - 1) break;
    out += character;
  }
  return `${out}…`;
}
