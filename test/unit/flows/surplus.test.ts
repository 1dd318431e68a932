import { describe, expect, it } from 'vitest';
import type { TradeFact } from '../../../lib/core/facts.ts';
import { runnable } from '../../../lib/core/flow.ts';
import { TREASURY } from '../../../lib/core/ids.ts';
import { createSurplusFlow } from '../../../lib/flows/treasury/surplus-flow.ts';
import { type TreasuryNote, treasuryKind, treasuryPath } from '../../../lib/market/notes/treasury-note.ts';
import { encodeNote } from '../../../lib/vault/codec.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import {
  addressOf,
  budgetOf,
  chainOf,
  id32,
  manifestOf,
  meOf,
  NOW,
  snapshotOf,
  tradeFact,
} from '../../support/snapshot.ts';

const BANK = addressOf(0xba);
const maker = manifestOf('kk-maker', {
  role: 'extractor',
  budget: { daily: '2', reserve: '0.2' },
  buys: [{ product: 'raw-logs', maxPrice: '0.012', unit: 'day' }],
});

describe('a system agent’s surplus', () => {
  const note = (direction: 'top-up' | 'return', day: number): TreasuryNote => ({
    id: id32(`${direction} ${day}`),
    owner: TREASURY,
    direction,
    agent: 'kk-maker',
    amountAtomic: 1n,
    day,
    at: NOW,
    block: 1,
  });

  function stepsOf(notes: readonly TreasuryNote[], balanceAtomic = 5_000_000n, draining = false): number {
    const memory = memoryVault();
    for (const data of notes)
      memory.apply([{ op: 'put', path: treasuryPath(data.at, data.id), text: encodeNote(treasuryKind, data) }]);
    const vault = memory.index();
    const seen = snapshotOf({ me: meOf(maker), draining, vault, market: { budget: budgetOf({ balanceAtomic }) } });
    return runnable(createSurplusFlow(async () => 'sent', BANK)).plan(seen, []).stepCount;
  }

  it('goes back once a day, after its birth, while the swarm runs', () => {
    const born = note('top-up', 0);
    expect(stepsOf([born])).toBe(1);
    expect(stepsOf([])).toBe(0);
    expect(stepsOf([born, note('return', 1)])).toBe(0);
    expect(stepsOf([born, note('return', 0)])).toBe(1);
    expect(stepsOf([born], 100_000n)).toBe(0);
    expect(stepsOf([born], 5_000_000n, true)).toBe(0);
  });

  it('waits for a pending transaction, but not for one that it can replace', () => {
    const memory = memoryVault();
    const born = note('top-up', 0);
    memory.apply([{ op: 'put', path: treasuryPath(born.at, born.id), text: encodeNote(treasuryKind, born) }]);
    const stepCount = (hasPending: boolean, mayReplace: boolean): number => {
      const market = { budget: budgetOf({ balanceAtomic: 5_000_000n }) };
      const chain = chainOf({ hasPending, mayReplace });
      const seen = snapshotOf({ me: meOf(maker), vault: memory.index(), market, chain });
      return runnable(createSurplusFlow(async () => 'sent', BANK)).plan(seen, []).stepCount;
    };
    expect([stepCount(false, false), stepCount(true, false), stepCount(true, true)]).toEqual([1, 0, 1]);
  });

  it('is never what it got at birth for inputs that it has yet to pay for', () => {
    const memory = memoryVault();
    const born = { ...note('top-up', 0), amountAtomic: 2_036_000n };
    memory.apply([{ op: 'put', path: treasuryPath(born.at, born.id), text: encodeNote(treasuryKind, born) }]);
    const vault = memory.index();
    const returned = (balanceAtomic: bigint, trades: readonly TradeFact[]): number => {
      const market = { budget: budgetOf({ balanceAtomic }), trades };
      const seen = snapshotOf({ me: meOf(maker), vault, market });
      return runnable(createSurplusFlow(async () => 'sent', BANK)).plan(seen, []).stepCount;
    };
    const backlogAtomic = 1_530_000n;
    expect(returned(2_036_000n, [])).toBe(0);
    expect(returned(2_036_000n, [tradeFact(1, { state: 'requested', amountAtomic: backlogAtomic })])).toBe(0);
    expect(returned(506_000n, [tradeFact(1, { state: 'opened', amountAtomic: backlogAtomic })])).toBe(0);
    const earned = 1_000_000n;
    expect(returned(506_000n + earned, [tradeFact(1, { amountAtomic: backlogAtomic })])).toBe(1);
  });
});
