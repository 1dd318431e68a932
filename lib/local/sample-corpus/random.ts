/** A source of chance that gives the same values for the same seed, on every machine. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  readonly next: () => number;
  /** A whole number from `low` to `high`, both included. */
  readonly between: (low: number, high: number) => number;
  readonly chance: (probability: number) => boolean;
  /** One item; the list must not be empty. */
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** One item with a probability proportional to its weight; undefined when no weight is above zero. */
  readonly weighted: <Item>(items: readonly Item[], weight: (item: Item) => number) => Item | undefined;
  /** A new list in another order. */
  readonly shuffle: <Item>(items: readonly Item[]) => readonly Item[];
}

/** Creates a {@link Random}: FNV-1a spreads the seed's text over the state of sfc32 (Doty-Humphrey, PractRand). */
export function createRandom(seed: string): Random {
  let a = fnv1a(`a/${seed}`);
  let b = fnv1a(`b/${seed}`);
  let c = fnv1a(`c/${seed}`);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 15; round++) next();

  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[between(0, items.length - 1)];
    if (item === undefined) throw new RangeError('pick from an empty list');
    return item;
  };
  const weighted = <Item>(items: readonly Item[], weight: (item: Item) => number): Item | undefined => {
    const total = items.reduce((sum, item) => sum + Math.max(0, weight(item)), 0);
    let left = next() * total;
    for (const item of items) {
      const own = Math.max(0, weight(item));
      if (own > 0 && left < own) return item;
      left -= own;
    }
    return undefined;
  };
  const shuffle = <Item>(items: readonly Item[]): readonly Item[] =>
    items
      .map((item) => ({ item, at: next() }))
      .sort((left, right) => left.at - right.at)
      .map(({ item }) => item);
  return { next, between, chance: (probability) => next() < probability, pick, weighted, shuffle };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
