import stringWidth from 'string-width';

/**
 * Formats a table in a frame, without lines between its rows, in time linear in the number of rows. Its width follows from its
 * cells: none is cut, so that output can be searched and copied, and a terminal that is narrower wraps the lines.
 * @param rows cells of one line each, as many as there are headers.
 */
export function formatTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headers.map((header, column) =>
    rows.reduce((width, row) => Math.max(width, stringWidth(row[column] ?? '')), stringWidth(header)),
  );
  const rule = (left: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}`;
  const line = (cells: readonly string[]): string =>
    `│${widths.map((width, column) => ` ${padded(cells[column] ?? '', width)} `).join('│')}│`;
  return [
    rule('┌', '┬', '┐'),
    line(headers),
    ...(rows.length === 0 ? [] : [rule('├', '┼', '┤')]),
    ...rows.map(line),
    rule('└', '┴', '┘'),
  ].join('\n');
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - stringWidth(text));
}
