import { isOrdinaryWord } from '../text/ordinary-words.ts';
import { namesInLists, type Token } from './lists-of-people.ts';
import type { NickBook } from './nick-book.ts';
import { SOMEONE } from './opt-out.ts';
import { REDACTED } from './redact/rule.ts';

/** A message whose nicks are pseudonyms, and the pseudonyms of those it is addressed to. */
export interface Addressed {
  readonly text: string;
  readonly to: readonly string[];
}

const NICK = /[\p{L}\p{N}_\-[\]\\`^{}|~]+/gu;
const EDGES = /^[^\p{L}\p{N}_]+|[^\p{L}\p{N}_]+$/gu;
const PLACEHOLDERS: ReadonlySet<string> = new Set([SOMEONE, ...REDACTED.map((kind) => `[${kind}]`)]);
const MAX_ADDRESSEES = 5;

/**
 * Replaces nicks by pseudonyms: in addressing position at the start (`nick:`, `nick,`, several of them), after an `@`, in
 * `<nick>` quotes, after a closing `|` and in lists of people; at the start without a sign only names that are hardly words
 * there, elsewhere only names that can't be ordinary words, of those who are absent only outside of paths and code. Ordinary
 * words stay.
 */
export function replaceNicks(text: string, book: NickBook): Addressed {
  const to: string[] = [];
  const addTo = (pseudonym: string) => {
    if (to.length < MAX_ADDRESSEES && !to.includes(pseudonym)) to.push(pseudonym);
  };
  const tokens = tokensOf(text, book);
  const listed = namesInLists(text, tokens, book);
  let isStart = true;
  let leadEnd = 0;
  let result = '';
  let done = 0;
  for (const { written, name, start, end } of tokens) {
    const isLeading: boolean = isStart && text.slice(leadEnd, start).trim() === '';
    isStart = isLeading;
    if (PLACEHOLDERS.has(written)) continue;
    const context = contextOf(text, start, end, isLeading);
    const isNamed = names(name, context, book);
    if (!isNamed && !listed.has(start)) {
      isStart = false;
      continue;
    }
    leadEnd = context === 'address' || context === 'comma-address' ? end + 1 : end;
    const pseudonym = book.pseudonymOf(name);
    if (isNamed && !UNADDRESSED.has(context)) addTo(pseudonym);
    result += text.slice(done, start) + written.replace(name, () => pseudonym);
    done = end;
  }
  return { text: result + text.slice(done), to };
}

function tokensOf(text: string, book: NickBook): readonly (Token & { readonly written: string })[] {
  return [...text.matchAll(NICK)].map(({ 0: written, index }) => {
    const core = written.replace(EDGES, '');
    const name = core === '' || book.isKnown(written) ? written : core;
    return { written, name, start: index, end: index + written.length };
  });
}

/** Words that are followed by a name. */
const GREETED =
  /(?:^|[^\p{L}])(?:thanks|thank you|thanx|thx|ty|hi|hello|hey|bye|sorry|welcome|gracias|hola|adiós|perdón|oye)[,!]? $/iu;

type NickContext =
  | 'address'
  | 'comma-address'
  | 'bare-address'
  | 'at'
  | 'far-at'
  | 'quote'
  | 'pipe'
  | 'greeted'
  | 'apart'
  | 'inside';

/** Where a name is not of somebody that the message is addressed to. */
const UNADDRESSED: ReadonlySet<NickContext> = new Set(['quote', 'apart', 'inside']);

/** What stands before and after a word of a sentence; what is part of a path, a host, an option or code has others. */
const APART_BEFORE = /(?:^|[\s("'“«,;¿¡*<>])$/u;
const APART_AFTER = /^(?:['’]s)?(?:$|\s|["'”»*<>)\],;!?…]|\.(?:$|[\s.])|:(?:$|\s))/u;

function contextOf(text: string, start: number, end: number, isLeading: boolean): NickContext {
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 3);
  if (before.endsWith('@')) return 'at';
  if (before === '@ ') return 'far-at';
  if (before.endsWith('<') && after.startsWith('>')) return 'quote';
  if (isLeading && /^ ?[:;>](?!\/\/)|^(?: -|\.\.)/.test(after)) return 'address';
  if (isLeading && /^ ?,/.test(after)) return 'comma-address';
  if (isLeading && (after === '' || after.startsWith(' '))) return 'bare-address';
  if (before === '| ' && text.length - end < 3) return 'pipe';
  if (GREETED.test(text.slice(Math.max(0, start - 12), start))) return 'greeted';
  return APART_BEFORE.test(before) && APART_AFTER.test(after) ? 'apart' : 'inside';
}

function names(name: string, context: NickContext, book: NickBook): boolean {
  switch (context) {
    case 'at':
      return book.isPresent(name) || !isOrdinaryWord(name);
    case 'address':
      return book.isKnown(name) && (book.isPresent(name) || !isOrdinaryWord(name));
    case 'quote':
    case 'pipe':
      return book.isKnown(name);
    case 'comma-address':
    case 'far-at':
      return book.isKnown(name) && !isOrdinaryWord(name);
    case 'greeted':
      return book.isGreeted(name);
    case 'bare-address':
      return book.isNameAtStart(name) || book.isMentioned(name);
    case 'apart':
      return book.isDistinct(name) || book.isMentioned(name);
    case 'inside':
      return book.isDistinct(name);
  }
}
