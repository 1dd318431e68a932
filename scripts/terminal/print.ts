import { displayText } from '../../lib/core/display-text.ts';
import { formatTable } from './format-table.ts';

/** The kinds of list that commands print with `--json`. */
export type ListKind =
  | 'Status'
  | 'TradeList'
  | 'Archives'
  | 'ArchivedTrades'
  | 'Health'
  | 'Config'
  | 'Quarantines'
  | 'IrcCheck'
  | 'CorpusCheck'
  | 'Wallets'
  | 'KeyPlan'
  | 'KeyCheck'
  | 'Deployment'
  | 'FundingPlan'
  | 'CostEstimate'
  | 'Fleet'
  | 'Restart'
  | 'Roll'
  | 'Backup'
  | 'Restore';

/** Prints a list as one JSON object. Items must be JSON values: amounts are strings. */
export function printJson(kind: ListKind, items: readonly unknown[]): void {
  process.stdout.write(`${JSON.stringify({ apiVersion: 'karmakadabra/v1', kind, items })}\n`);
}

/** Prints a table. Cells may hold text by strangers: escape sequences and control characters are removed. */
export function printTable(headers: readonly string[], rows: readonly (readonly string[])[]): void {
  const cells = rows.map((row) => row.map(displayText));
  process.stdout.write(`${formatTable(headers, cells)}\n`);
}

/** Prints a line, without escape sequences and control characters. */
export function printLine(line: string): void {
  process.stdout.write(`${displayText(line)}\n`);
}
