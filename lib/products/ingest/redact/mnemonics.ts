import { english, french, italian, portuguese, spanish } from 'viem/accounts';
import type { Rule, Span } from './rule.ts';

/** As many words of one list in a row are a mnemonic; BIP-39's shortest has so many. */
const LEAST_WORDS = 12;
/** And so many where the text says that it is one. */
const LEAST_NAMED_WORDS = 8;
/** Directions and parts of a screen come in long runs too, but they repeat themselves. */
const LEAST_DISTINCT = 8;

const WORD = /\p{L}+/gu;
const BETWEEN = /^[\s,.;:|/"'`()\d#*_-]{1,8}$/;

/** Each word of the lists with the lists it is in, as bits. Accents don't count. */
const LISTS: ReadonlyMap<string, number> = [english, spanish, french, italian, portuguese].reduce(
  (all, list, index) => {
    for (const word of list) all.set(bare(word), (all.get(bare(word)) ?? 0) | (1 << index));
    return all;
  },
  new Map<string, number>(),
);

/** Mnemonics of BIP-39: a run of words of one list. Their checksum doesn't matter: a word left out is found soon. */
export const MNEMONIC_RULES: readonly Rule[] = [
  { kind: 'key', words: LEAST_WORDS, find: (text) => mnemonics(text, LEAST_WORDS) },
  {
    kind: 'key',
    words: LEAST_NAMED_WORDS,
    any: ['seed', 'mnemo', 'nemot', 'semilla', 'phrase', 'palabras'],
    find: (text) => mnemonics(text, LEAST_NAMED_WORDS),
  },
];

function* mnemonics(text: string, least: number): Iterable<Span> {
  let run: Run = { start: 0, end: 0, lists: 0, words: [] };
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const plain = bare(word);
    const lists = word.length < 3 ? 0 : (LISTS.get(plain) ?? 0);
    const end = index + word.length;
    const isNext =
      run.words.length > 0 && (lists & run.lists) !== 0 && BETWEEN.test(text.slice(run.end, index).slice(0, 9));
    if (isNext) {
      run = { start: run.start, end, lists: run.lists & lists, words: run.words };
      run.words.push(plain);
      continue;
    }
    if (isMnemonic(run, least)) yield run;
    run = { start: index, end, lists, words: lists === 0 ? [] : [plain] };
  }
  if (isMnemonic(run, least)) yield run;
}

interface Run extends Span {
  /** The lists that all its words are in, as bits. */
  readonly lists: number;
  readonly words: string[];
}

function isMnemonic({ words }: Run, least: number): boolean {
  return words.length >= least && new Set(words).size >= LEAST_DISTINCT;
}

function bare(word: string): string {
  return /^\p{ASCII}*$/u.test(word) ? word.toLowerCase() : word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
