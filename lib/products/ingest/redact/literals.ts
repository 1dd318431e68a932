/** Character codes of JavaScript's strings. */
const CODES = 2 ** 16;

/**
 * Creates a function that tells which of some sets of strings have one within a text, in one pass over the text: the
 * automaton of Aho and Corasick (1975). Its result has a 1 at the index of each such set, else a 0. The strings are not
 * empty and have fewer than 65,536 characters in all.
 */
export function literalSets(sets: readonly (readonly string[])[]): (text: string) => Uint8Array {
  const { classOf, width, next, outputs } = automatonOf(sets);
  return (text) => {
    const found = new Uint8Array(sets.length);
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      state = next[state * width + (classOf[text.charCodeAt(at)] ?? 0)] ?? 0;
      const output = outputs[state];
      if (output !== undefined) for (const set of output) found[set] = 1;
    }
    return found;
  };
}

interface Automaton {
  /** The column of each character code; 0 for those that are in no string. */
  readonly classOf: Uint16Array;
  readonly width: number;
  /** The following state by state and column. */
  readonly next: Uint16Array;
  /** The sets that have a string which ends in a state. */
  readonly outputs: readonly (readonly number[] | undefined)[];
}

function automatonOf(sets: readonly (readonly string[])[]): Automaton {
  const characters = new Set(sets.flat().join('').split(''));
  const columns = new Map([...characters].map((character, index) => [character.charCodeAt(0), index + 1]));
  const classOf = new Uint16Array(CODES);
  for (const [code, column] of columns) classOf[code] = column;
  const trie: TrieNode[] = [{ children: new Map(), sets: new Set() }];
  for (const [set, strings] of sets.entries()) for (const string of strings) insert(trie, string, set);

  const width = columns.size + 1;
  const next = new Uint16Array(trie.length * width);
  /** Of each state, that of its longest proper suffix; its row is complete before those of longer strings. */
  const suffixOf = new Uint16Array(trie.length);
  const queue = [0];
  for (const state of queue) {
    const suffix = suffixOf[state] ?? 0;
    const node = trie[state];
    for (const set of trie[suffix]?.sets ?? []) node?.sets.add(set);
    if (state !== 0) next.copyWithin(state * width, suffix * width, (suffix + 1) * width);
    for (const [code, child] of node?.children ?? []) {
      const cell = state * width + (columns.get(code) ?? 0);
      suffixOf[child] = state === 0 ? 0 : (next[cell] ?? 0);
      next[cell] = child;
      queue.push(child);
    }
  }
  const outputs = trie.map((node) => (node.sets.size > 0 ? [...node.sets] : undefined));
  return { classOf, width, next, outputs };
}

interface TrieNode {
  readonly children: Map<number, number>;
  readonly sets: Set<number>;
}

function insert(trie: TrieNode[], string: string, set: number): void {
  let state = 0;
  for (let at = 0; at < string.length; at += 1) {
    const code = string.charCodeAt(at);
    const known = trie[state]?.children.get(code);
    const child = known ?? trie.length;
    if (known === undefined) {
      trie[state]?.children.set(code, child);
      trie.push({ children: new Map(), sets: new Set() });
    }
    state = child;
  }
  trie[state]?.sets.add(set);
}
