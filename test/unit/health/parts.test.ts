import { describe, expect, it } from 'vitest';
import { NO_ORDERS } from '../../../lib/core/orders.ts';
import { assess, exitCodeOf, type HealthProbes } from '../../../lib/health/assess.ts';
import type { Probe } from '../../../lib/health/probe.ts';

type Key = Exclude<keyof HealthProbes, 'now' | 'orders'>;
type Part<Name extends Key> = Extract<HealthProbes[Name], { readonly ok: true }>['value'];

const NOW = 1_800_000_000;
const seen = <Value>(value: Value): Probe<Value> & { readonly ok: true } => ({ ok: true, value });
const beat = (name: string, changes: { readonly at?: number; readonly status?: string } = {}) => ({
  name,
  at: NOW - 60,
  status: 'resting',
  reason: 'as told',
  ...changes,
});
const agents: Part<'agents'> = {
  expected: ['kk-a', 'kk-b'],
  beats: [beat('kk-a'), beat('kk-b')],
  silentAfterSeconds: 60,
};
const vault: Part<'vault'> = {
  localHead: 'aaaaaaaaaa',
  remoteHead: 'aaaaaaaaaa',
  spooled: 3,
  rejected: 0,
  problems: [],
};
const channel: Part<'channel'> = { expected: ['kk-a', 'kk-b'], present: ['kk-b', 'kk-a', 'ana'] };
const escrow: Part<'escrow'> = { balanceAtomic: 70_000n, heldAtomic: 50_000n, creditedAtomic: 20_000n, overdue: [] };
const well: HealthProbes = {
  now: NOW,
  process: seen({ pid: 1 }),
  agents: seen(agents),
  vault: seen(vault),
  channel: seen(channel),
  escrow: seen(escrow),
  treasury: seen({ address: '0xba', shortAtomic: 0n, waiting: 0, refused: [], errors: [] }),
  orders: NO_ORDERS,
};
const NAMES = {
  process: 'process',
  agents: 'heartbeats',
  vault: 'vault',
  channel: 'channel',
  escrow: 'escrow',
  treasury: 'treasury',
};

describe('the health of a swarm', () => {
  it('is good, with exit code 0, where every part is as it should be', () => {
    const checks = assess(well);
    expect(checks.map(({ name, status }) => [name, status])).toEqual(Object.values(NAMES).map((name) => [name, 'ok']));
    expect(exitCodeOf(checks)).toBe(0);
  });

  it.each(Object.keys(NAMES) as readonly Key[])(
    'is unknown, with exit code 3, where a part is out of reach: %s',
    (key) => {
      const silent = { ...well, agents: seen({ ...agents, beats: [] }), [key]: { ok: false, why: 'it is away' } };
      const checks = assess(silent);
      expect(checks.find(({ name }) => name === NAMES[key])).toMatchObject({
        status: 'unreachable',
        detail: 'it is away',
      });
      expect(exitCodeOf(checks)).toBe(3);
    },
  );

  it.each<readonly [string, Partial<HealthProbes>, string]>([
    [
      'an agent that is silent',
      { agents: seen({ ...agents, beats: [beat('kk-a'), beat('kk-b', { at: NOW - 61 })] }) },
      'kk-b',
    ],
    ['an agent that never beat', { agents: seen({ ...agents, beats: [beat('kk-a')] }) }, 'kk-b'],
    [
      'an agent that refuses to trade',
      { agents: seen({ ...agents, beats: [beat('kk-a', { status: 'refusing' }), beat('kk-b')] }) },
      'kk-a: as told',
    ],
    [
      'an agent that met errors',
      { agents: seen({ ...agents, beats: [beat('kk-a'), beat('kk-b', { status: 'degraded' })] }) },
      'kk-b',
    ],
    ['a write that was declined', { vault: seen({ ...vault, rejected: 2 }) }, '2 writes were declined'],
    [
      'a note that cannot be read',
      { vault: seen({ ...vault, problems: ['agents/kk-a/state.md'] }) },
      'agents/kk-a/state.md',
    ],
    ['a vault that is behind', { vault: seen({ ...vault, localHead: 'bbbbbbbbbb' }) }, 'bbbbbbbb'],
    ['a nick that is missing', { channel: seen({ ...channel, present: ['kk-a'] }) }, 'kk-b'],
    ['an escrow that holds less than it owes', { escrow: seen({ ...escrow, balanceAtomic: 69_999n }) }, 'owes 0.07'],
    ['a trade past its deadline', { escrow: seen({ ...escrow, overdue: ['0xabc'] }) }, '0xabc'],
  ])('is degraded, with exit code 1 and what to do, by %s', (_, changes, detail) => {
    const checks = assess({ ...well, ...changes });
    const bad = checks.filter(({ status }) => status !== 'ok');
    expect(bad).toEqual([
      expect.objectContaining({
        status: 'degraded',
        detail: expect.stringContaining(detail),
        next: expect.stringMatching(/\w/),
      }),
    ]);
    expect(exitCodeOf(checks)).toBe(1);
  });

  it('is no worse for money that somebody sent to the escrow', () => {
    expect(exitCodeOf(assess({ ...well, escrow: seen({ ...escrow, balanceAtomic: 90_000n }) }))).toBe(0);
  });
});
