import stringWidth from 'string-width';

/** Cuts a line to a number of terminal columns; a line that is cut ends in an ellipsis. */
export function cutText(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Cuts a line to a number of columns and pads it with spaces, on its right or (aligned right) on its left. */
export function fitText(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const cut = cutText(text, columns);
  const free = ' '.repeat(Math.max(0, columns - stringWidth(cut)));
  return align === 'left' ? cut + free : free + cut;
}
