import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../files/durable.ts';
import { PRIVATE } from '../../files/private-file.ts';

/** Counters in each of the two rows; 4 MiB in all. */
const ROW = 2 ** 20;
const MAGIC = 0x6b6b7775;
const FILE = 'word-use.bin';
const NICK = /[\p{L}\p{N}_\-[\]\\`^{}|~]+/gu;

/**
 * In how many logs a word is used although no speaker has that nick: this shows that a word is ordinary. Stored as a
 * count-min sketch (Cormode & Muthukrishnan 2005), so that it is small and no word can be read from it.
 */
export interface WordUse {
  /** How many logs were counted. */
  readonly logs: () => number;
  /** Counts each word once for one log. */
  readonly add: (words: Iterable<string>) => void;
  /** At least the true number of logs with the word. */
  readonly logsWith: (word: string) => number;
  readonly save: (dir: string) => Promise<void>;
}

/** Reads the counts of earlier scans, or starts with zero. */
export async function readWordUse(dir: string, isFresh: boolean): Promise<WordUse> {
  const cells = new Uint16Array(2 * ROW + 4);
  const bytes = isFresh ? undefined : await readFile(join(dir, FILE)).catch(() => undefined);
  const stored = bytes?.length === cells.byteLength ? new Uint16Array(new Uint8Array(bytes).buffer) : undefined;
  const heads = new Uint32Array(cells.buffer, cells.byteOffset + 4 * ROW, 2);
  if (stored !== undefined && new Uint32Array(stored.buffer, 4 * ROW, 2)[0] === MAGIC) cells.set(stored);
  heads[0] = MAGIC;
  const slots = (word: string): readonly [number, number] => {
    let first = 0x811c9dc5;
    let second = 0x9747b28c;
    for (let at = 0; at < word.length; at += 1) {
      const code = word.charCodeAt(at);
      first = Math.imul(first ^ code, 0x01000193);
      second = Math.imul(second ^ code, 0x5bd1e995) ^ (second >>> 15);
    }
    return [(first ^ (first >>> 15)) & (ROW - 1), ROW + ((second ^ (second >>> 13)) & (ROW - 1))];
  };
  return {
    logs: () => heads[1] ?? 0,
    add: (words) => {
      heads[1] = (heads[1] ?? 0) + 1;
      for (const word of words) for (const slot of slots(word)) cells[slot] = Math.min(0xffff, (cells[slot] ?? 0) + 1);
    },
    logsWith: (word) => Math.min(...slots(word).map((slot) => cells[slot] ?? 0)),
    save: (target) => writeDurably(join(target, FILE), new Uint8Array(cells.buffer), { mode: PRIVATE }),
  };
}

/** The form under which it is counted that messages are addressed to a word. */
export function asAddress(word: string): string {
  return `@${word.toLowerCase()}`;
}

/** Adds the words of a message to those of its log, in lower case; the one that it is addressed to as an address. */
export function gatherWords(words: Set<string>, text: string): void {
  for (const match of text.matchAll(NICK)) {
    const [word] = match;
    if (word.length < 3 || word.length > 32) continue;
    const isAddress = match.index === 0 && /^\s?[:,;>]/.test(text.slice(word.length, word.length + 2));
    words.add(isAddress ? asAddress(word) : word.toLowerCase());
  }
}
