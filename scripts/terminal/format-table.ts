import stringWidth from 'string-width';

/**
 * Formats a table in a frame, without lines between its rows. The time it takes grows with the number of rows and no faster.
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
