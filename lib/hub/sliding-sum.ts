/** A sum of amounts over the last hours or minutes; older ones drop out slot by slot. Times are milliseconds since 1970. */
export interface SlidingSum {
  readonly add: (amount: number, nowMs: number) => void;
  readonly total: (nowMs: number) => number;
  /** When the total will be at most `amount`, if nothing is added. */
  readonly fallsToAtMs: (amount: number, nowMs: number) => number;
  /** The slots that count, oldest first, for {@link createSlidingSum}. */
  readonly slots: (nowMs: number) => readonly Slot[];
}

/** The number of a slot since 1970, and what was added in it. */
export type Slot = readonly [slot: number, amount: number];

/** Creates a {@link SlidingSum} over `count` slots of `slotMs` each, with what an earlier one had. It holds `count` + 1 numbers at most. */
export function createSlidingSum(slotMs: number, count: number, earlier: readonly Slot[] = []): SlidingSum {
  const amounts = new Map<number, number>(earlier);
  const slotOf = (nowMs: number) => Math.floor(nowMs / slotMs);

  function slots(nowMs: number): readonly Slot[] {
    const now = slotOf(nowMs);
    // A slot of the future was written before the clock was set back: it would count for longer than it should.
    for (const slot of amounts.keys()) if (slot <= now - count || slot > now) amounts.delete(slot);
    return [...amounts].sort(([a], [b]) => a - b);
  }
  const total = (nowMs: number) => slots(nowMs).reduce((sum, [, amount]) => sum + amount, 0);

  return {
    slots,
    total,
    add: (amount, nowMs) => {
      slots(nowMs);
      amounts.set(slotOf(nowMs), (amounts.get(slotOf(nowMs)) ?? 0) + amount);
    },
    fallsToAtMs: (amount, nowMs) => {
      let sum = total(nowMs);
      for (const [slot, one] of slots(nowMs)) {
        if (sum <= amount) break;
        sum -= one;
        if (sum <= amount) return (slot + count) * slotMs;
      }
      return nowMs;
    },
  };
}
