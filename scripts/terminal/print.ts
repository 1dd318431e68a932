import { displayText } from '../../lib/core/display-text.ts';
import { formatTable } from './format-table.ts';

/** The kinds of list that commands print with `--json`. */
export type ListKind =
  | 'Status'
  | 'TradeList'
  | 'Health'
  | 'IrcCheck'
  | 'Wallets'
  | 'KeyPlan'
  | 'KeyCheck'
  | 'Deployment'
  | 'FundingPlan'
  | 'CostEstimate'
  | 'Fleet'
  | 'Restart'
  | 'Roll';

/** Prints a list as one JSON object. Amounts are strings already. */
export function printJson(kind: ListKind, items: readonly unknown[]): void {
  process.stdout.write(`${JSON.stringify({ apiVersion: 'karmakadabra/v1', kind, items })}\n`);
}

/** Prints a table without lines between rows. Whatever strangers wrote is made harmless. */
export function printTable(headers: readonly string[], rows: readonly (readonly string[])[]): void {
  const cells = rows.map((row) => row.map(displayText));
  process.stdout.write(`${formatTable(headers, cells)}\n`);
}

/** Prints a line of plain words. */
export function printLine(line: string): void {
  process.stdout.write(`${displayText(line)}\n`);
}
