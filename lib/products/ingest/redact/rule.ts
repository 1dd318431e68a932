/**
 * What is redacted, each under its own placeholder: `[email]`, `[ip]`, … `id` is a number that a state or a bank gave to a
 * person, `place` an address or a position on earth, `name` what names a person in a path, a link or an introduction.
 */
export const REDACTED = [
  'email',
  'ip',
  'mac',
  'phone',
  'key',
  'password',
  'wallet',
  'card',
  'id',
  'place',
  'birthday',
  'name',
] as const;
export type Redacted = (typeof REDACTED)[number];

/** A part of a text by its offsets, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds secrets of one kind, in time linear in the length of the text. Everything but `find` is cheap and says which texts
 * can't hold one: those without so long a run, so many digits or words, or any of some words.
 */
export interface Rule {
  readonly kind: Redacted;
  /** The least length of the longest run without white space. */
  readonly run?: number;
  /** The least number of digits. */
  readonly digits?: number;
  /** The least number of words of three letters and more in a row. */
  readonly words?: number;
  /** One of these must be there, in lower case. */
  readonly any?: readonly string[];
  readonly hint?: RegExp;
  readonly find: (text: string) => Iterable<Span>;
}

/** What one match of a rule's pattern offers to judge it by. */
export interface Found {
  /** What would be redacted. */
  readonly secret: string;
  readonly match: RegExpMatchArray;
  /** At most 40 characters before the match. */
  readonly before: string;
  /** At most 20 characters after the match. */
  readonly after: string;
}

/** Finds all matches of `pattern`: the group `secret` where it has one, else the whole; `isSecret` judges what it can't. */
export function finder(pattern: RegExp, isSecret?: (found: Found) => boolean): Rule['find'] {
  const withPlaces = pattern.source.includes('(?<secret>') ? new RegExp(pattern.source, `${pattern.flags}d`) : pattern;
  return function* (text) {
    for (const match of text.matchAll(withPlaces)) {
      const whole = match.index + match[0].length;
      const [start, end] = match.indices?.groups?.secret ?? [match.index, whole];
      const found = {
        secret: text.slice(start, end),
        match,
        before: text.slice(Math.max(0, match.index - 40), match.index),
        after: text.slice(whole, whole + 20),
      };
      if (end > start && (isSecret === undefined || isSecret(found))) yield { start, end };
    }
  };
}
