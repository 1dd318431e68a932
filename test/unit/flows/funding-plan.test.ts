import { describe, expect, it } from 'vitest';
import { type AgentBalance, planFunding } from '../../../lib/flows/treasury/funding-plan.ts';
import { requireEnough, shortageOf } from '../../../lib/flows/treasury/funding-shortage.ts';
import { addressOf, manifestOf } from '../../support/snapshot.ts';

const maker = manifestOf('kk-maker', {
  role: 'extractor',
  budget: { daily: '2', reserve: '0.2' },
  buys: [
    { product: 'raw-logs', maxPrice: '0.012', unit: 'day', backlogDays: 100 },
    { product: 'validation', maxPrice: '0.001', perDay: 12 },
  ],
});
const fan = manifestOf('kk-fan', { budget: { daily: '0.5', reserve: '0.05' } });
const wishes = { keepAtLeast: 5n, topUpTo: 20n, days: 7, backlogDays: undefined, gasOnly: false };
const held = { address: addressOf(1), wei: 10n, usdcAtomic: 100_000n, wasGiven: false };
const sends = (backlogDays: number | undefined, wasGiven = false) =>
  planFunding(
    [maker, fan].map((manifest) => ({ ...held, manifest, wasGiven })),
    { ...wishes, backlogDays },
  ).map(({ sendAtomic }) => sendAtomic);

describe('a plan of funding', () => {
  it('gives a system agent its start only where the days are said, and no more days than the manifest bounds', () => {
    expect(sends(undefined)).toEqual([0n, 400_000n]);
    expect(sends(0)).toEqual([212_000n, 400_000n]);
    expect(sends(30)).toEqual([212_000n + 30n * 12_000n, 400_000n]);
    expect(sends(5_000)).toEqual([212_000n + 100n * 12_000n, 400_000n]);
  });

  it('gives nobody twice what the treasury gave already, and counts no start that was given', () => {
    expect(sends(30, true)).toEqual([0n, 0n]);
    const needs = (wasGiven: boolean) =>
      planFunding([{ ...held, manifest: maker, wasGiven }], wishes).map(({ needAtomic }) => needAtomic);
    expect(needs(false)).toEqual([212_000n + 30n * 12_000n]);
    expect(needs(true)).toEqual([0n]);
  });

  it('sends no USDC where only gas is wanted', () => {
    const poor: readonly AgentBalance[] = [maker, fan].map((manifest) => ({ ...held, manifest, wei: 1n }));
    const items = planFunding(poor, { ...wishes, backlogDays: 30, gasOnly: true });
    expect(items.map(({ sendWei, sendAtomic }) => [sendWei, sendAtomic])).toEqual([
      [19n, 0n],
      [0n, 0n],
    ]);
  });

  it('is short of what the treasury lacks for it, gas included', () => {
    const agents: readonly AgentBalance[] = [maker, fan].map((manifest) => ({ ...held, manifest, wei: 1n }));
    const items = planFunding(agents, wishes);
    const gasWei = 40_000n + 200_000n;
    const short = (wei: bigint, usdcAtomic: bigint) => {
      const state = { agents, treasury: { address: addressOf(9), wei, usdcAtomic }, day: 1, feePerGasWei: 1n };
      return { state, shortage: shortageOf(state, items) };
    };
    expect(short(19n + gasWei, 400_000n).shortage).toMatchObject({ wei: 0n, atomic: 0n });
    expect(short(18n + gasWei, 399_999n).shortage).toMatchObject({ wei: 1n, atomic: 1n });
    expect(() => requireEnough(short(19n + gasWei, 400_000n), 'base')).not.toThrow();
    expect(() => requireEnough(short(18n + gasWei, 400_000n), 'base')).toThrow(/lacks .* ETH for this/);
  });
});
