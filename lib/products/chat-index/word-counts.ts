import { proseOf, wordsOf } from '../text/tokens.ts';
import { createYieldToLoop } from '../yield-to-loop.ts';
import type { ChatIndex } from './chat-index.ts';

/** How often a word occurs, with its hash. */
interface WordCount {
  count: number;
  readonly hash: number;
}

/** How often words and pairs of words occur in one index. */
export interface WordCounts {
  readonly words: number;
  readonly pairs: number;
  readonly byWord: ReadonlyMap<string, Readonly<WordCount>>;
  /** Counters by hash, a power of two of them. */
  readonly byPair: Uint32Array;
}

/**
 * The maximum number of different words that are counted one by one; half a year of #ubuntu has 60,000. Later ones count
 * towards the total only: a stranger's file may have ten million of them, 100 bytes each.
 */
const MAX_DIFFERENT_WORDS = 500_000;

/** Counts the words of an index. */
export async function countWords({ messages }: ChatIndex): Promise<WordCounts> {
  const yieldToLoop = createYieldToLoop();
  const byWord = new Map<string, WordCount>();
  const byPair = new Uint32Array(tableSize(messages.length));
  let words = 0;
  let pairs = 0;
  for (const { text } of messages) {
    let before: number | undefined;
    for (const word of wordsOf(proseOf(text))) {
      let entry = byWord.get(word);
      if (entry === undefined) {
        entry = { count: 0, hash: wordHash(word) };
        if (byWord.size < MAX_DIFFERENT_WORDS) byWord.set(word, entry);
      }
      entry.count += 1;
      words += 1;
      if (before !== undefined) {
        const slot = pairHash(before, entry.hash) & (byPair.length - 1);
        byPair[slot] = (byPair[slot] ?? 0) + 1;
        pairs += 1;
      }
      before = entry.hash;
    }
    await yieldToLoop();
  }
  return { words, pairs, byWord, byPair };
}

/** About four counters a pair for messages of usual length, at most 16 MiB of them. */
function tableSize(messages: number): number {
  return 2 ** Math.min(22, Math.max(12, Math.ceil(Math.log2(messages * 40 + 1))));
}

/** The counter of a pair of words. */
export function countOfPair({ byPair }: WordCounts, first: string, second: string): number {
  return byPair[pairHash(wordHash(first), wordHash(second)) & (byPair.length - 1)] ?? 0;
}

/** FNV-1a, 32 bits, over UTF-16 code units. */
function wordHash(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function pairHash(first: number, second: number): number {
  let hash = Math.imul(first ^ (second >>> 15), 0x85ebca6b) ^ Math.imul(second, 0xc2b2ae35);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  return (hash ^ (hash >>> 15)) >>> 0;
}
