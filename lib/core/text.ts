/**
 * What neither a terminal nor a page should ever get from a stranger: controls, format and bidi marks, lone surrogates,
 * code points without a meaning. A joiner between two pictographs is a part of the emoji and stays.
 */
const UNSAFE =
  /(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]|(?<!\p{Extended_Pictographic}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/**
 * Makes one line of text by strangers safe to show: control, bidi and invisible characters go, runs of white space
 * become one space, and what is longer than `maxBytes` in UTF-8 is cut at a character and ends in `…`.
 */
export function cleanText(text: string, maxBytes: number): string {
  const line = text
    .slice(0, maxBytes * 8 + 64)
    .replace(/\s+/gu, ' ')
    .replace(UNSAFE, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  return cutBytes(line, maxBytes);
}

/** Puts `instead` where a text names files by absolute paths: they are one machine's own and mean nothing elsewhere. */
export function withoutPaths(text: string, instead: string): string {
  return text.replaceAll(/(?:\/[\w.-]+){2,}/g, instead);
}

function cutBytes(text: string, maxBytes: number): string {
  if (utf8Bytes(text) <= maxBytes) return text;
  const ellipsis = maxBytes >= 3 ? '…' : '';
  let room = maxBytes - utf8Bytes(ellipsis);
  let end = 0;
  for (const character of text) {
    room -= utf8Bytes(character);
    if (room < 0) break;
    end += character.length;
  }
  return `${text.slice(0, end).trimEnd()}${ellipsis}`;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

/** Orders texts by code unit: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
