import { isOrdinaryWord } from '../text/ordinary-words.ts';
import type { Speaker } from './formats/format.ts';
import { namesInEntry, withoutDecoration } from './listed-names.ts';
import { withoutMojibake } from './mojibake.ts';
import { foldName } from './name-fold.ts';
import { createNameMatcher, eitherMatcher, type NameMatcher } from './name-matcher.ts';
import { findOptedOut, namesOf } from './opt-out-people.ts';
import type { Person } from './people.ts';
import { plainText } from './plain-text.ts';
import { isHead, quotedNames, relayedAtAll, relayedInSigns } from './relay.ts';

/** The placeholder for the name of somebody who opted out. */
export const SOMEONE = '[someone]';

/** The most words of a name that another log tells. */
const MAX_WORDS = 3;

/** So much of a line is looked at for a name in front of what somebody says. */
const MAX_HEAD = 300;

/** The most judgements on names that are kept while a file is read. */
const MAX_JUDGED = 50_000;

/** The list of those who opted out. */
export interface OptOutList {
  readonly size: number;
  readonly matcher: NameMatcher;
  /** The positions of the entries that mean a name. */
  readonly positionsOf: (name: string) => readonly number[];
}

/** What other logs tell of people who opted out, as keyed digests. */
export interface Revealed {
  readonly digestOf: (text: string) => string;
  /** Digests of identifiers and of names. */
  readonly digests: ReadonlySet<string>;
}

/** The opted-out people, as one file needs them. */
export interface OptOut {
  readonly isOptedOut: (nick: string) => boolean;
  /** Whether nothing that somebody says may be sold. */
  readonly isSilent: (by: Speaker) => boolean;
  /** Whether a text repeats the words of one of them; behind a bot, also under a mere label (`carla: text`). */
  readonly repeats: (text: string, isBot: boolean) => boolean;
  /** Undoes a mistaken encoding where it hides a name of theirs. */
  readonly mend: (text: string) => string;
  /** Replaces every mention of them. */
  readonly conceal: (text: string) => string;
  /** Digests of identifiers and names of them that this file tells, for other files. */
  readonly told: readonly string[];
  /** The positions in the list of the entries that were found in this file so far. */
  readonly matched: ReadonlySet<number>;
}

/** Prepares a list for many files. An entry that isn't understood means itself. */
export function createOptOutList(entries: readonly string[]): OptOutList {
  const listed = entries.map((entry) => namesInEntry(entry) ?? [entry]);
  const positions = new Map<string, number[]>();
  for (const [position, forms] of listed.entries()) {
    for (const form of new Set(forms.map(foldName))) positions.set(form, [...(positions.get(form) ?? []), position]);
  }
  return {
    size: entries.length,
    matcher: createNameMatcher(listed.flat()),
    positionsOf: (name) => positions.get(foldName(name)) ?? [],
  };
}

/**
 * Creates the opt-out of one file. `renames` are its nick changes and `people` the names of its people: whoever was or became an
 * opted-out nick in this file, or has an opted-out name among others, is opted out in it under every name, so that neither a rename
 * nor a second name reveals anything. Where an identifier tells two people of one name apart, only the one who is meant is.
 */
export function createOptOut(
  entries: readonly string[] | OptOutList,
  renames: readonly (readonly [string, string])[],
  people: readonly Person[] = [],
  revealed: Revealed = { digestOf: (text) => text, digests: new Set() },
): OptOut {
  const list = 'matcher' in entries ? entries : createOptOutList(entries);
  const { digests, digestOf } = revealed;
  const isTold = (fact: string): boolean => digests.size > 0 && digests.has(digestOf(fact));
  const isToldName = (name: string): boolean => isTold(nameFact(name)) || isTold(renamedFact(name));
  const isListed = (name: string): boolean => formsOf(name).some(list.matcher.has);
  const found =
    list.size === 0
      ? undefined
      : findOptedOut(people, renames, {
          name: isListed,
          person: ({ nick, names, id }) => {
            if ([nick, ...names, ...idForms(id)].some(isListed)) return true;
            return id === undefined ? [nick, ...names].some((name) => isTold(nameFact(name))) : isTold(idFact(id));
          },
        });
  if (found === undefined) return NOBODY;
  const sure = found.sure.size === 0 ? list.matcher : eitherMatcher(list.matcher, createNameMatcher(found.sure));
  const names = found.maybe.size === 0 ? sure : eitherMatcher(sure, createNameMatcher(found.maybe));
  const matched = new Set<number>();
  const note = (name: string): void => {
    for (const form of formsOf(name)) for (const position of list.positionsOf(form)) matched.add(position);
  };
  for (const person of people) for (const name of [...namesOf(person), ...idForms(person.id)]) note(name);
  for (const name of renames.flat()) note(name);

  const judged = new Map<string, boolean>();
  const isOptedOut = (nick: string): boolean => {
    const before = judged.get(nick);
    if (before !== undefined) return before;
    const isOut = formsOf(nick).some((form) => names.has(form) || isToldName(form));
    if (judged.size < MAX_JUDGED) judged.set(nick, isOut);
    return isOut;
  };
  const mend = (text: string): string => {
    const mended = withoutMojibake(text);
    return mended !== text && names.find(mended).length > names.find(text).length ? mended : text;
  };
  const conceal = (text: string): string => {
    let result = '';
    let last = 0;
    for (const { start, end } of names.find(text)) {
      note(text.slice(start, end));
      result += `${text.slice(last, start)}${SOMEONE}`;
      last = end;
    }
    return digests.size === 0 ? result + text.slice(last) : withoutTold(result + text.slice(last), isToldName);
  };
  return {
    isOptedOut,
    isSilent: ({ nick, aliases, id }) => {
      if (id === undefined) return [nick, ...aliases].some(isOptedOut);
      if (found.ids.has(id) || idForms(id).some(list.matcher.has) || isTold(idFact(id))) return true;
      return [nick, ...aliases].some((name) => formsOf(name).some(sure.has));
    },
    repeats: (text, isBot) =>
      text.split(/\r\n?|\n/).some((line) => {
        const relayed = isBot ? relayedAtAll(line) : relayedInSigns(line);
        const by = relayed === undefined || relayed.text.trim() === '' ? undefined : relayed.by;
        if ([...(by === undefined ? [] : [by.nick, ...by.aliases]), ...quotedNames(line)].some(isOptedOut)) return true;
        const plain = isBot ? plainText(line.slice(0, MAX_HEAD)) : '';
        const [first] = names.find(plain);
        return first !== undefined && isHead(plain.slice(0, first.start), plain.slice(first.end));
      }),
    mend,
    conceal: (text) => conceal(mend(text)),
    told: [
      ...[...found.ids].map(idFact),
      ...[...found.own].filter((name) => !isListed(name)).map(nameFact),
      ...[...found.sure].filter((name) => !found.own.has(name) && !isListed(name)).map(renamedFact),
    ].map(digestOf),
    matched,
  };
}

const NOBODY: OptOut = {
  isOptedOut: () => false,
  isSilent: () => false,
  repeats: () => false,
  mend: (text) => text,
  conceal: (text) => text,
  told: [],
  matched: new Set(),
};

const WORD = /[\p{L}\p{N}\p{M}_\-[\]\\`^{}|~]{2,64}/gu;

/** Replaces names that other logs tell, of up to three words; ordinary words stay. */
function withoutTold(text: string, isToldName: (name: string) => boolean): string {
  const words = [...text.matchAll(WORD)].map(({ index, 0: word }) => ({ start: index, end: index + word.length }));
  let result = '';
  let last = 0;
  for (let at = 0; at < words.length; at += 1) {
    for (let size = Math.min(MAX_WORDS, words.length - at); size >= 1; size -= 1) {
      const [start, end] = [words[at]?.start ?? 0, words[at + size - 1]?.end ?? 0];
      const name = text.slice(start, end);
      if ((size === 1 && isOrdinaryWord(name)) || !isToldName(name)) continue;
      result += `${text.slice(last, start)}${SOMEONE}`;
      last = end;
      at += size - 1;
      break;
    }
  }
  return result + text.slice(last);
}

/** An identifier and a name as they are remembered for other files. */
const idFact = (id: string): string => `id\0${id}`;
const nameFact = (name: string): string => `name\0${foldName(name)}`;
/** A name that a rename led to: it is hidden in all files, but leads no further there, since others may have it at other times. */
const renamedFact = (name: string): string => `renamed\0${foldName(name)}`;

/** A name of a log, as it stands and without what is around it, what people add to a nick that is taken, or a mistaken encoding. */
function formsOf(name: string): readonly string[] {
  const bare = withoutDecoration(name);
  const forms = [...new Set([name, bare, withoutAdded(bare)])];
  const mended = forms.map(withoutMojibake).filter((form) => !forms.includes(form));
  return [...forms, ...mended].filter((form) => form !== '');
}

/** A nick without what is added to it for a while: `carla_`, `carla|away`, `carla[m]`. */
function withoutAdded(nick: string): string {
  const start = nick.search(/[^.*_`^-]/u);
  const end = nick.slice(start + 1).search(/[|[{(\\]/u);
  return (end < 0 ? nick : nick.slice(0, start + 1 + end)).replace(/^[.*_`^-]{1,64}|[_`^-]{1,64}$/gu, '');
}

/** An identifier, and without the platform. */
function idForms(id: string | undefined): readonly string[] {
  return id === undefined ? [] : [id, id.slice(id.indexOf(':') + 1)];
}
