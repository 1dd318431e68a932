/**
 * Characters removed from strangers' text before it is shown: controls, format and bidi marks, lone surrogates and
 * unassigned code points. A joiner between two pictographs is a part of the emoji and stays.
 */
const UNSAFE =
  /(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]|(?<!\p{Extended_Pictographic}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/**
 * Makes strangers' text one line that is safe to show: removes control, bidi and invisible characters, turns white space
 * into single spaces, and cuts text over `maxBytes` of UTF-8 at a character, with `…` at the end.
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

/** Replaces absolute file paths in a text by `instead`: paths of one machine mean nothing elsewhere. */
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
  // A joiner whose second pictograph was cut off joins nothing.
  return `${text.slice(0, end).replace(/[\s\u200d]+$/u, '')}${ellipsis}`;
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

/** Replaces the numbers in an error, so that the same error with other numbers is recognised as known. */
export function withoutNumbers(error: string): string {
  return error.replace(/0x[0-9a-f]+|\d+/gi, '#');
}
