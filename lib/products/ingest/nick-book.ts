import { isLexiconWord } from '../lexicon/match.ts';
import { isOrdinaryWord } from '../text/ordinary-words.ts';
import { isMaybeTechnical, isTechnicalName } from '../text/technical-name.ts';
import type { IngestIndex } from './ingest-index.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { Survey } from './survey.ts';
import { asAddress, type WordUse } from './word-use.ts';

/** The nicks known while one file is read. */
export interface NickBook {
  readonly pseudonymOf: (nick: string) => string;
  /** Whether anyone in the corpus has this nick. */
  readonly isKnown: (nick: string) => boolean;
  /** Whether someone in this file has this nick. */
  readonly isPresent: (nick: string) => boolean;
  /** Whether someone in this file has this nick and it can't be an ordinary word (`Dr_Willis`, `MonkeyDust`). */
  readonly isDistinct: (nick: string) => boolean;
  /** Whether someone in the corpus has this nick and, as it is written here, it is hardly a word: they need not be in this file. */
  readonly isMentioned: (nick: string) => boolean;
  /** Whether someone has this nick and it is a name after a greeting or thanks. */
  readonly isGreeted: (nick: string) => boolean;
  /** Whether someone in the corpus has this nick and it is a name where others are listed. */
  readonly isListable: (nick: string) => boolean;
  /** Whether someone in this file has this nick and it most likely is a name at the start of a message. */
  readonly isNameAtStart: (nick: string) => boolean;
}

/** Shorter nicks count as words unless they are where nicks usually are. */
const DISTINCT_LENGTH = 4;
const NAME_LENGTH = 3;

/** With at least this many logs, their word counts distinguish words from names. */
const LEAST_LOGS = 20;
/** A word used in more than this share of logs without a person of that nick is an ordinary word. */
const ORDINARY_SHARE = 0.03;
/** And one used in more than this share stays one with signs or digits around it. */
const WORD_SHARE = 0.1;
/** In so many logs, and so many times the logs where it is written without its owner, a nick is addressed that is no word. */
const LEAST_ADDRESSES = 4;
const NAME_TO_WORD = 1.5;

/**
 * Creates the nick book of one log. The roster has everyone ever seen in the corpus, so that people are also recognized on
 * days when they are absent.
 */
export function createNickBook(
  survey: Pick<Survey, 'nicks' | 'addressed'>,
  known: { readonly index: Pick<IngestIndex, 'roster'>; readonly pseudonyms: Pseudonyms; readonly wordUse: WordUse },
): NickBook {
  const { pseudonyms, wordUse } = known;
  const present = new Set<string>();
  const distinct = new Set<string>();
  const leading = new Set<string>();
  for (const nick of survey.nicks) {
    const lower = nick.toLowerCase();
    present.add(lower);
    if (hasShapeOfNick(nick) || isUsedAsName(lower, wordUse) || isAddressed(lower, survey)) distinct.add(lower);
    if (distinct.has(lower) || isNameAtStart(lower, wordUse)) leading.add(lower);
  }
  const isKnown = (nick: string) => present.has(nick.toLowerCase()) || known.index.roster.has(pseudonyms.of(nick));
  return {
    pseudonymOf: pseudonyms.of,
    isPresent: (nick) => present.has(nick.toLowerCase()),
    isDistinct: (nick) => distinct.has(nick.toLowerCase()),
    isNameAtStart: (nick) => leading.has(nick.toLowerCase()),
    isKnown,
    isMentioned: (nick) => isHardlyWord(nick, wordUse) && isKnown(nick),
    isGreeted: (nick) => {
      if (isOrdinaryWord(nick) || isLexiconWord(nick)) return false;
      if (present.has(nick.toLowerCase())) return true;
      return (isHardlyWord(nick, wordUse) || isRatherAddressed(nick.toLowerCase(), wordUse)) && isKnown(nick);
    },
    isListable: (nick) => mayBeName(nick.toLowerCase()) && isKnown(nick),
  };
}

/** Whether a nick looks like nothing but a nick: `Dr_Willis`, `MonkeyDust`, `wilee|away`; not `python`, `i386` or `eth0`. */
function hasShapeOfNick(nick: string): boolean {
  if ([...nick].length < DISTINCT_LENGTH || isTechnicalName(nick)) return false;
  return /[_[\]\\`^{}|]/.test(nick) || /\p{Ll}\p{Lu}/u.test(nick) || /\p{L}{3}.*\d|\d.*\p{L}{3}/u.test(nick);
}

/** Whether a nick is hardly ever written but where somebody called so is there, or as often to address them. */
function isUsedAsName(nick: string, wordUse: WordUse): boolean {
  if (wordUse.logs() < LEAST_LOGS || isTechnicalName(nick) || !mayBeName(nick)) return false;
  const asWord = wordUse.logsWith(nick);
  return asWord <= Math.max(1, ORDINARY_SHARE * wordUse.logs()) || wordUse.logsWith(asAddress(nick)) >= asWord;
}

/** Whether what is written is a nick rather than a word even where nobody called so is there. */
function isHardlyWord(written: string, wordUse: WordUse): boolean {
  const nick = written.toLowerCase();
  if (!mayBeName(nick)) return false;
  const asWord = wordUse.logsWith(nick);
  const asName = wordUse.logsWith(asAddress(nick));
  if (!isTechnicalName(nick) || isMaybeTechnical(nick)) {
    if (asName >= LEAST_ADDRESSES && asName >= NAME_TO_WORD * asWord) return true;
  }
  if (!hasShapeOfNick(written) || !hasOwnLetters(nick, wordUse)) return false;
  // Products are written with capitals inside as well: `IcedTea`, `SyncMaster`.
  if (/^\p{L}+$/u.test(nick)) return isRatherAddressed(nick, wordUse) && !/^i\p{Lu}/u.test(written);
  return wordUse.logs() < LEAST_LOGS || asWord <= Math.max(1, ORDINARY_SHARE * wordUse.logs()) || asName >= asWord;
}

/** Whether somebody is addressed by a nick, and that as often as it is written without its owner. */
function isRatherAddressed(nick: string, wordUse: WordUse): boolean {
  return mayBeName(nick) && wordUse.logsWith(asAddress(nick)) >= Math.max(1, wordUse.logsWith(nick));
}

/** Whether a nick is more than a word with signs or digits at its ends, as `level3` and `ubuntu_` are, and no emoticon. */
function hasOwnLetters(nick: string, wordUse: WordUse): boolean {
  const word = nick.replace(/^\P{L}+|\P{L}+$/gu, '');
  if (word === nick) return (nick.match(/\p{L}|\d/gu) ?? []).length >= NAME_LENGTH;
  const isWord = isOrdinaryWord(word) || isLexiconWord(word);
  return word.length >= NAME_LENGTH && !isWord && wordUse.logsWith(word) <= Math.max(1, WORD_SHARE * wordUse.logs());
}

/** Whether others address somebody by a nick that might be technical: that it is a name is then more than a guess. */
function isAddressed(nick: string, { addressed }: Pick<Survey, 'addressed'>): boolean {
  return isTechnicalName(nick) && addressed.has(nick) && mayBeName(nick);
}

/**
 * Whether a nick at the start of a message names the person with that nick. With few logs, words can't be distinguished from names,
 * and there a name is more likely.
 */
function isNameAtStart(nick: string, wordUse: WordUse): boolean {
  if (!mayBeName(nick)) return false;
  return isMaybeTechnical(nick) || (wordUse.logs() < LEAST_LOGS && !isTechnicalName(nick));
}

function mayBeName(nick: string): boolean {
  return nick.length >= NAME_LENGTH && !/^\d+$/.test(nick) && !isOrdinaryWord(nick) && !isLexiconWord(nick);
}
