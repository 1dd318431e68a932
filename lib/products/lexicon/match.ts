import { compareText } from '../../core/text.ts';
import { isStopWord } from '../text/stop-words.ts';
import { proseOf, wordsOf } from '../text/tokens.ts';
import { MAKER_SKILLS } from './maker-skills.ts';
import type { Skill } from './skill.ts';
import { SYSTEM_SKILLS } from './system-skills.ts';
import type { Topic } from './topics.ts';

/** All skills, ordered by name; a skill's index in the list is its number. */
export const SKILLS: readonly Skill[] = [...SYSTEM_SKILLS, ...MAKER_SKILLS].sort((a, b) =>
  compareText(a.skill, b.skill),
);

/** The lexicon's own version: part of the version of every product that is made with it. */
export const LEXICON_VERSION = '1';

interface Entry {
  readonly words: readonly string[];
  readonly number: number;
}

const BY_FIRST_WORD = buildEntries();

const LEXICON_WORDS: ReadonlySet<string> = new Set(
  [...BY_FIRST_WORD.values()].flatMap((entries) => entries.flatMap(({ words }) => words)),
);

/** Finds the skills that a text mentions, by whole words: their numbers in {@link SKILLS}, ascending, each once. */
export function skillsIn(text: string): readonly number[] {
  const words = wordsOf(proseOf(text));
  let found: number[] | undefined;
  for (const [at, word] of words.entries()) {
    const entries = BY_FIRST_WORD.get(word);
    if (entries === undefined) continue;
    for (const entry of entries) {
      if (!startsAt(words, at, entry.words)) continue;
      found ??= [];
      if (!found.includes(entry.number)) found.push(entry.number);
    }
  }
  return found === undefined ? NONE : found.sort((a, b) => a - b);
}

/** Whether a word is a term of the lexicon or a part of one. */
export function isLexiconWord(word: string): boolean {
  return LEXICON_WORDS.has(word);
}

const NONE: readonly number[] = [];

/** The topic of a skill by its number. */
export function topicOf(number: number): Topic {
  return skillOf(number).topic;
}

/** A skill by its number. @throws RangeError for a number that none has. */
export function skillOf(number: number): Skill {
  const found = SKILLS[number];
  if (found === undefined) throw new RangeError(`no skill has the number ${number}`);
  return found;
}

function startsAt(words: readonly string[], at: number, term: readonly string[]): boolean {
  for (let offset = 1; offset < term.length; offset += 1) {
    if (words[at + offset] !== term[offset]) return false;
  }
  return true;
}

function buildEntries(): ReadonlyMap<string, readonly Entry[]> {
  const entries = new Map<string, Entry[]>();
  for (const [number, { en, es }] of SKILLS.entries()) {
    for (const term of [...en, ...es]) {
      const words = wordsOf(term);
      const [first] = words;
      // A term that is nothing but function words would be found everywhere.
      if (first === undefined || words.every(isStopWord))
        throw new Error(`the term ${term} finds nothing or everything`);
      const list = entries.get(first) ?? [];
      list.push({ words, number });
      entries.set(first, list);
    }
  }
  return entries;
}
