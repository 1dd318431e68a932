/** How many trades there are, by how they ended, and what was paid. */
export interface TradeTotals {
  readonly requested: number;
  readonly completed: number;
  readonly refunded: number;
  readonly disputed: number;
  readonly expired: number;
  readonly open: number;
  /** What buyers paid for the completed trades, in atomic units. */
  readonly paidAtomic: bigint;
}

/** The totals since `before`; open trades are the current ones. */
export function totalsSince(before: TradeTotals, now: TradeTotals): TradeTotals {
  return {
    requested: now.requested - before.requested,
    completed: now.completed - before.completed,
    refunded: now.refunded - before.refunded,
    disputed: now.disputed - before.disputed,
    expired: now.expired - before.expired,
    open: now.open,
    paidAtomic: now.paidAtomic - before.paidAtomic,
  };
}
