import { describe, expect, it } from 'vitest';
import type { TradeTotals } from '../../../../lib/host/machine/trade-totals.ts';
import { type RunEnd, summarizeRun } from '../../../../scripts/terminal/run-summary.ts';

const none: TradeTotals = {
  requested: 0,
  completed: 0,
  refunded: 0,
  disputed: 0,
  expired: 0,
  open: 0,
  paidAtomic: 0n,
};

function summaryOf(changes: Partial<RunEnd>): string {
  return summarizeRun({
    seconds: 125,
    agents: [
      { name: 'kk-a', beats: 7, errors: 0 },
      { name: 'kk-b', beats: 5, errors: 0 },
    ],
    offered: new Map(),
    before: none,
    now: none,
    spooled: 0,
    vaultPath: '/state/vault',
    logPath: '/state/swarm.log',
    ...changes,
  }).join('\n');
}

describe('the summary of a run', () => {
  it('tells of a run in which nothing happened', () => {
    expect(summaryOf({})).toBe(
      [
        'Ran for 2 min 5 s: 2 agents, 12 beats, no errors',
        'Made no goods',
        '0 trades paid (0.00 USDC), none is open',
        'The vault is /state/vault; start again to continue from here',
      ].join('\n'),
    );
  });

  it('names who had errors, and where to read of them', () => {
    const agents = [
      { name: 'kk-a', beats: 7, errors: 0 },
      { name: 'kk-b', beats: 5, errors: 2 },
    ];
    expect(summaryOf({ agents })).toContain('2 beats with errors (kk-b 2): see /state/swarm.log');
  });

  it('counts what was made and traded in this run only, and says that earlier runs traded as well', () => {
    const before = { ...none, requested: 12, completed: 10, expired: 1, open: 1, paidAtomic: 5_000_000n };
    const now = { ...none, requested: 20, completed: 13, refunded: 2, expired: 2, open: 3, paidAtomic: 5_250_000n };
    const summary = summaryOf({
      before,
      now,
      offered: new Map([
        ['soul', 2],
        ['raw-logs', 1],
      ]),
    });
    expect(summary).toContain('Made and offered 3 goods: 1 raw-logs, 2 soul');
    expect(summary).toContain(
      '3 trades paid (0.25 USDC, 13 with earlier runs), 2 refunded, 1 never paid, 3 open: the next start continues them',
    );
  });

  it('says what did not reach the vault, and what it does not know', () => {
    const summary = summaryOf({ spooled: 1, now: undefined });
    expect(summary).toContain('1 write did not reach the vault yet: the next start writes them');
    expect(summary).toContain('could not be read in time');
    expect(summary).not.toContain('paid');
  });
});
