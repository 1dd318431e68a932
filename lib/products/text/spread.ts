/** Takes `most` items spread evenly over a list, in the list's order: the same ones every time. */
export function spread<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, pick) => items[Math.floor((pick * items.length) / most)]).filter(
    (item): item is Item => item !== undefined,
  );
}

/** Rounds to `digits` decimals, so that goods hold no more than is meant. */
export function round(value: number, digits: number): number {
  const unit = 10 ** digits;
  const rounded = Math.round(value * unit) / unit;
  return Object.is(rounded, -0) ? 0 : rounded;
}
