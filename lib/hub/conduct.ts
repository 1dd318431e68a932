import { createSlidingSum, type SlidingSum } from './sliding-sum.ts';

/** What an operator hears of an account: a connection cut because it was too slow, or a request refused. */
export type Misstep = 'cut' | 'refused';

/** How often each account was cut or refused in the last hour. */
export interface Conduct {
  readonly note: (account: string, misstep: Misstep) => void;
  readonly count: (account: string, misstep: Misstep) => number;
  /** The accounts with any in the last hour. */
  readonly accounts: () => readonly string[];
}

const [SLOT_MS, SLOTS] = [300_000, 12];

/** Creates a {@link Conduct}; it keeps the names of accounts only, so it is as large as there are accounts. */
export function createConduct(nowMs: () => number = Date.now): Conduct {
  const sums = new Map<string, Readonly<Record<Misstep, SlidingSum>>>();
  const count = (account: string, misstep: Misstep) => sums.get(account)?.[misstep].total(nowMs()) ?? 0;

  return {
    count,
    note: (account, misstep) => {
      const own = sums.get(account) ?? {
        cut: createSlidingSum(SLOT_MS, SLOTS),
        refused: createSlidingSum(SLOT_MS, SLOTS),
      };
      sums.set(account, own);
      own[misstep].add(1, nowMs());
    },
    accounts: () => {
      for (const account of sums.keys()) {
        if (count(account, 'cut') + count(account, 'refused') === 0) sums.delete(account);
      }
      return [...sums.keys()];
    },
  };
}
