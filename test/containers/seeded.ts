import { createHash, randomInt } from 'node:crypto';

/** Picks some of a list as the seed in KK_SEED says, or a fresh one, which is given back so that it can be tried again. */
export function chooseSome<Item>(
  items: readonly Item[],
  count: number,
): { readonly seed: string; readonly chosen: readonly Item[] } {
  const seed = process.env.KK_SEED ?? String(randomInt(1_000_000));
  const rank = (index: number): string => createHash('sha256').update(`${seed}/${index}`).digest('hex');
  const order = items.map((item, index) => ({ item, rank: rank(index) }));
  return {
    seed,
    chosen: order
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, count)
      .map(({ item }) => item),
  };
}
