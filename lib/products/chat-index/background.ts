import type { Library } from './library.ts';
import { countOfPair, type WordCounts } from './word-counts.ts';

/** How often words and pairs of words occur in all messages of a library. */
export interface Background {
  readonly words: number;
  readonly pairs: number;
  readonly wordCount: (word: string) => number;
  /** At least the true count: pairs whose hashes collide share a counter. */
  readonly pairCount: (first: string, second: string) => number;
}

/** The words of a library's volumes. */
export async function backgroundOf(library: Library): Promise<Background> {
  const all: WordCounts[] = [];
  for (const volume of library.volumes) all.push(await volume.wordCounts());
  const sum = (value: (counts: WordCounts) => number) => all.reduce((total, counts) => total + value(counts), 0);
  return {
    words: sum(({ words }) => words),
    pairs: sum(({ pairs }) => pairs),
    wordCount: (word) => sum(({ byWord }) => byWord.get(word)?.count ?? 0),
    pairCount: (first, second) => sum((counts) => countOfPair(counts, first, second)),
  };
}
