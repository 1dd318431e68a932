import stringWidth from 'string-width';

/** Cuts a line to so many columns of a terminal; what is missing is an ellipsis. */
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

/** Cuts a line to so many columns and fills up what it leaves free, on the right or on the left. */
export function fitText(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const cut = cutText(text, columns);
  const free = ' '.repeat(Math.max(0, columns - stringWidth(cut)));
  return align === 'left' ? cut + free : free + cut;
}
