import { isOrdinaryWord } from '../text/ordinary-words.ts';
import { normalizeNick } from './pseudonyms.ts';

/** The placeholder for the name of somebody who opted out. */
export const SOMEONE = '[someone]';

/** Nicks of at least this length are also matched inside words, as in `bobsmith_` and `bobsmiths`. */
const INSIDE_WORDS_FROM = 6;

/** The opted-out people, as one file needs them. */
export interface OptOut {
  readonly isOptedOut: (nick: string) => boolean;
  /** Replaces every mention of them. */
  readonly conceal: (text: string) => string;
}

/**
 * Creates the opt-out of one file. `renames` are its nick changes: whoever was or became an opted-out nick in this file is
 * opted out in it under every name, so that a rename reveals nothing.
 */
export function createOptOut(nicks: readonly string[], renames: readonly (readonly [string, string])[]): OptOut {
  const names = new Map(nicks.map((nick) => [normalizeNick(nick), nick]));
  for (let size = -1; size !== names.size && names.size > 0; ) {
    size = names.size;
    for (const [from, to] of renames) {
      if (names.has(normalizeNick(from))) names.set(normalizeNick(to), to);
      else if (names.has(normalizeNick(to))) names.set(normalizeNick(from), from);
    }
  }
  names.delete('');
  if (names.size === 0) return { isOptedOut: () => false, conceal: (text) => text };
  const pattern = new RegExp(
    [...names.values()]
      .sort((a, b) => b.length - a.length)
      .map(patternOf)
      .join('|'),
    'giu',
  );
  return {
    isOptedOut: (nick) => names.has(normalizeNick(nick)),
    conceal: (text) => text.replace(pattern, SOMEONE),
  };
}

function patternOf(nick: string): string {
  const name = [...nick].map((character) => EQUIVALENT.get(character) ?? literally(character)).join('');
  const isLong = [...nick].length >= INSIDE_WORDS_FROM && !isOrdinaryWord(nick);
  return isLong ? name : `(?<![\\p{L}\\p{N}])${name}(?![\\p{L}\\p{N}])`;
}

/** Characters that IRC takes for one letter, by either of them. RFC 2812, section 2.2. */
const EQUIVALENT: ReadonlyMap<string, string> = new Map(
  [
    ['[', '{'],
    [']', '}'],
    ['\\', '|'],
    ['~', '^'],
  ].flatMap(([a = '', b = '']) =>
    [a, b].map((character): [string, string] => [character, `[${literally(a)}${literally(b)}]`]),
  ),
);

/** A character as a pattern of itself, also where it would mean something or, with `u`, be refused with a backslash. */
function literally(character: string): string {
  return /[\p{L}\p{N}]/u.test(character) ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
