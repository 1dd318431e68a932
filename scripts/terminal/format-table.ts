import { getBorderCharacters, table } from 'table';

/**
 * Formats a table in a frame, without lines between its rows. It may be wider than the terminal, which then wraps its lines.
 * @param rows cells of one line each without control characters, as many as there are headers.
 */
export function formatTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  return table([[...headers], ...rows.map((row) => [...row])], {
    border: getBorderCharacters('norc'),
    drawHorizontalLine: (line, count) => line <= 1 || line === count,
  }).trimEnd();
}
