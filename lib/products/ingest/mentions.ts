import { isLexiconWord } from '../lexicon/match.ts';
import { isOrdinaryWord } from '../text/ordinary-words.ts';
import { SOMEONE } from './opt-out.ts';
import { REDACTED } from './redact/rule.ts';

/** The nicks known while one file is read. */
export interface NickBook {
  readonly pseudonymOf: (nick: string) => string;
  /** Whether anyone in the corpus has this nick. */
  readonly isKnown: (nick: string) => boolean;
  /** Whether someone in this file has this nick. */
  readonly isPresent: (nick: string) => boolean;
  /** Whether someone in this file has this nick and it can't be an ordinary word (`Dr_Willis`, `MonkeyDust`). */
  readonly isDistinct: (nick: string) => boolean;
  /** Whether someone in this file has this nick and it most likely is a name at the start of a message. */
  readonly isNameAtStart: (nick: string) => boolean;
}

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
 * `<nick>` quotes and after a closing `|`; at the start without a sign only names that are hardly words there, elsewhere only
 * names that can't be ordinary words. Ordinary words stay.
 */
export function replaceNicks(text: string, book: NickBook): Addressed {
  const to: string[] = [];
  const addTo = (pseudonym: string) => {
    if (to.length < MAX_ADDRESSEES && !to.includes(pseudonym)) to.push(pseudonym);
  };
  let isStart = true;
  let leadEnd = 0;
  const result = text.replace(NICK, (token: string, offset: number) => {
    const end = offset + token.length;
    const isLeading = isStart && text.slice(leadEnd, offset).trim() === '';
    isStart = isLeading;
    if (PLACEHOLDERS.has(token)) return token;
    const core = token.replace(EDGES, '');
    const name = core === '' || book.isKnown(token) ? token : core;
    const context = contextOf(text, offset, end, isLeading);
    if (!names(name, context, book)) {
      isStart = false;
      return token;
    }
    leadEnd = context === 'address' || context === 'comma-address' ? end + 1 : end;
    const pseudonym = book.pseudonymOf(name);
    if (context !== 'inside' && context !== 'quote') addTo(pseudonym);
    return token.replace(name, () => pseudonym);
  });
  return { text: result, to };
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
  | 'inside';

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
  return 'inside';
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
      return book.isPresent(name) && !isOrdinaryWord(name) && !isLexiconWord(name);
    case 'bare-address':
      return book.isNameAtStart(name);
    case 'inside':
      return book.isDistinct(name);
  }
}
