import { Buffer } from 'node:buffer';

/** The maximum length of a line that the swarm says, in bytes of UTF-8: with any prefix it fits IRC's 512. */
export const LINE_BYTES = 400;

/** The maximum length of a title or reason in a line, in bytes of UTF-8. */
export const TITLE_BYTES = 80;

// A mIRC colour code includes the digits after it; the other codes are single characters.
const COLOURS = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?/g;
const FORMAT_CODES = /[\x02\x0f\x11\x16\x1d-\x1f]/g;
// Controls, line and paragraph separators, invisible format characters (bidi overrides, zero widths, tags), lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu;
const HALF_PAIR = /\p{Cs}/gu;

/**
 * Makes any text one plain line: removes colours, formatting, control and invisible characters, turns white space into
 * single spaces and lone surrogates into U+FFFD. Idempotent.
 */
export function cleanLine(text: string): string {
  return text
    .replace(COLOURS, '')
    .replace(FORMAT_CODES, '')
    .replace(UNPRINTABLE, ' ')
    .replace(HALF_PAIR, '\ufffd')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Cuts text to at most `maxBytes` bytes of UTF-8 without splitting a character. */
export function cutBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text, 'utf8') <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character, 'utf8');
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end).trimEnd();
}

/** Makes any text a field of a line: clean, without `|`, at most `maxBytes` bytes, and `-` if nothing is left. */
export function wireField(text: string, maxBytes: number = TITLE_BYTES): string {
  return cutBytes(cleanLine(text).replaceAll('|', '/'), maxBytes) || '-';
}

/** Makes any text usable in place of a nick: characters that no nick has become `_`; at most 64 characters. */
export function wireNick(text: string): string {
  return text.slice(0, 64).replace(/[^A-Za-z0-9_\-[\]\\^{}|`]/g, '_') || '_';
}
