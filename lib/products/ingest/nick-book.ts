import { isLexiconWord } from '../lexicon/match.ts';
import { isOrdinaryWord } from '../text/ordinary-words.ts';
import { TECHNICAL_NAME } from '../text/technical-name.ts';
import type { IngestIndex } from './ingest-index.ts';
import type { NickBook } from './mentions.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { Survey } from './survey.ts';
import { asAddress, type WordUse } from './word-use.ts';

/** Nicks of fewer characters are taken for words unless they stand where nicks stand. */
const DISTINCT_LENGTH = 4;
const NAME_LENGTH = 3;

/** From this many logs on, what they say tells words from names. */
const LEAST_LOGS = 20;
/** A word that is used in more than this share of logs without anyone called so is an ordinary one. */
const ORDINARY_SHARE = 0.03;

/**
 * Writes the book of nicks for one log. The roster has everyone who was ever seen in the corpus, so that somebody addressed
 * on a day on which they are absent is recognized too.
 */
export function createNickBook(
  survey: Survey,
  known: { readonly index: IngestIndex; readonly pseudonyms: Pseudonyms; readonly wordUse: WordUse },
): NickBook {
  const { pseudonyms, wordUse } = known;
  const present = new Set<string>();
  const distinct = new Set<string>();
  for (const nick of survey.nicks) {
    const lower = nick.toLowerCase();
    present.add(lower);
    if (hasShapeOfNick(nick) || isUsedAsName(lower, wordUse)) distinct.add(lower);
  }
  return {
    pseudonymOf: pseudonyms.of,
    isPresent: (nick) => present.has(nick.toLowerCase()),
    isDistinct: (nick) => distinct.has(nick.toLowerCase()),
    isKnown: (nick) => present.has(nick.toLowerCase()) || known.index.roster.has(pseudonyms.of(nick)),
  };
}

/** Whether a nick looks like nothing but a nick: `Dr_Willis`, `MonkeyDust`, `wilee|away`; not `python`, `i386` or `eth0`. */
function hasShapeOfNick(nick: string): boolean {
  if ([...nick].length < DISTINCT_LENGTH || TECHNICAL_NAME.test(nick)) return false;
  return /[_[\]\\`^{}|]/.test(nick) || /\p{Ll}\p{Lu}/u.test(nick) || /\p{L}{3}.*\d|\d.*\p{L}{3}/u.test(nick);
}

/** Whether a nick is hardly ever written but where somebody called so is there, or as often to address them. */
function isUsedAsName(nick: string, wordUse: WordUse): boolean {
  if (nick.length < NAME_LENGTH || wordUse.logs() < LEAST_LOGS || /^\d+$/.test(nick) || TECHNICAL_NAME.test(nick))
    return false;
  if (isOrdinaryWord(nick) || isLexiconWord(nick)) return false;
  const asWord = wordUse.logsWith(nick);
  return asWord <= Math.max(1, ORDINARY_SHARE * wordUse.logs()) || wordUse.logsWith(asAddress(nick)) >= asWord;
}
