import type { NickBook } from './nick-book.ts';

/** A list counts as one of people with so many names that are sure elsewhere too, and so many that are known. */
const LEAST_SURE = 3;
const LEAST_KNOWN = 4;

/** A token of a text that may be a nick. */
export interface Token {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds lists of people, as in `ask jdub, Dr_Willis, mdz or seb128`: in them a nick is a name even if it might be a word
 * elsewhere. Between spaces all items of a list are known, between commas some. Returns where its names start.
 */
export function namesInLists(text: string, tokens: readonly Token[], book: NickBook): ReadonlySet<number> {
  const names = new Set<number>();
  let known: number[] = [];
  let sure = 0;
  let end = 0;
  const close = () => {
    if (sure >= LEAST_SURE && known.length >= LEAST_KNOWN) for (const start of known) names.add(start);
    known = [];
    sure = 0;
  };
  for (const token of tokens) {
    const between = text.slice(end, Math.min(token.start, end + 4));
    end = token.end;
    const isNext = /^\s{1,2}$/.test(between);
    if (isNext && /^(?:or|and|o|y)$/i.test(token.name)) continue;
    const isName = book.isListable(token.name);
    if (!/^\s?,\s?$/.test(between) && !(isNext && isName)) close();
    if (isName) known.push(token.start);
    if (isName && (book.isDistinct(token.name) || book.isMentioned(token.name))) sure += 1;
  }
  close();
  return names;
}
