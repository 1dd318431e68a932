import fc from 'fast-check';
import { parseGwei } from 'viem';
import { describe, expect, it } from 'vitest';
import { offerFees, raiseFees, withinBalance } from '../../../lib/market/chain/gas-fees.ts';

const [EMBEDDED, BASE, OTHER] = [31_337, 8453, 7];
const gwei = (amount: number) => parseGwei(amount.toString());

/** What is offered where gas costs so much, in gwei, and the node proposes such a tip. */
function fees(baseGwei: number, tipGwei: number, chainId = BASE, isUrgent = false) {
  return offerFees({ base: gwei(baseGwei), tip: gwei(tipGwei) }, chainId, isUrgent);
}

const tooDear = { code: 'market/gas-too-dear', disposition: 'wait' };

describe('the fees of a transaction', () => {
  it('leave room for gas that gets dearer until it is mined', () => {
    expect(fees(0.01, 0.001)).toMatchObject({ maxFeePerGas: gwei(0.031), maxPriorityFeePerGas: gwei(0.001) });
  });

  it('never go over the ceiling of the chain, and half of it where nothing presses', () => {
    expect(fees(2, 0).maxFeePerGas).toBe(gwei(2.5));
    expect(() => fees(2.6, 0)).toThrow(expect.objectContaining(tooDear));
    expect(fees(2.6, 0, BASE, true).maxFeePerGas).toBe(gwei(5));
    expect(() => fees(5.1, 0, BASE, true)).toThrow(expect.objectContaining(tooDear));
    expect(() => fees(0.01, 10_000)).toThrow(expect.objectContaining(tooDear));
    expect(() => fees(5.1, 0, OTHER, true)).toThrow(expect.objectContaining(tooDear));
    expect(fees(5.1, 0, EMBEDDED).maxFeePerGas).toBe(gwei(15.3));
    expect(() => fees(10_000, 0, EMBEDDED, true)).toThrow(expect.objectContaining(tooDear));
  });

  it('ask for no more than the account holds ready and can raise, as long as that is what gas costs', () => {
    const asked = fees(1, 0.1);
    expect(withinBalance(asked, 100_000n, 10n ** 18n).maxFeePerGas).toBe(gwei(2.5));
    expect(withinBalance(asked, 100_000n, 200_000n * gwei(1)).maxFeePerGas).toBe(gwei(1.6));
    expect(withinBalance(asked, 100_000n, 100_000n * gwei(1)).maxFeePerGas).toBe(gwei(1.1));
  });

  it('of a replacement are an eighth higher at least and under all of the ceiling, or there is none', () => {
    const amount = fc.bigInt({ min: 0n, max: gwei(6) });
    const pair = fc.tuple(amount, amount).map(([a, b]) => ({
      maxFeePerGas: a > b ? a : b,
      maxPriorityFeePerGas: a > b ? b : a,
    }));
    const balance = fc.bigInt({ min: 0n, max: 150_000n * gwei(6) });
    const run = (
      before: typeof pair extends fc.Arbitrary<infer Fees> ? Fees : never,
      now: typeof before,
      wei: bigint,
    ) => {
      const [most, least] = [gwei(5), (fee: bigint) => (fee === 0n ? 1n : (fee * 9n + 7n) / 8n)];
      const held = (wei * 9n) / 1_000_000n;
      try {
        const raised = raiseFees(before, now, BASE, 100_000n, wei);
        expect(raised.maxFeePerGas).toBeGreaterThanOrEqual(least(before.maxFeePerGas));
        expect(raised.maxPriorityFeePerGas).toBeGreaterThanOrEqual(least(before.maxPriorityFeePerGas));
        expect(raised.maxPriorityFeePerGas).toBeLessThanOrEqual(raised.maxFeePerGas);
        expect(raised.maxFeePerGas).toBeLessThanOrEqual(most);
        if (raised.maxFeePerGas > held) expect(raised.maxFeePerGas).toBe(least(before.maxFeePerGas));
      } catch (error) {
        expect(error).toMatchObject(tooDear);
        expect(least(before.maxFeePerGas)).toBeGreaterThan(most);
      }
    };
    fc.assert(fc.property(pair, pair, balance, run));
  });

  it('of a replacement are twice what was offered, as far as the account can hold that ready', () => {
    const [before, now] = [fees(0.3, 0.1), fees(0.1, 0.1)];
    const raise = (balanceWei: bigint) => raiseFees(before, now, BASE, 90_000n, balanceWei);
    expect(raise(10n ** 18n)).toEqual({ maxFeePerGas: gwei(2), maxPriorityFeePerGas: gwei(0.2) });
    expect(raise(100_000n * gwei(1.5)).maxFeePerGas).toBe(gwei(1.5));
    expect(raise(100_000n * gwei(1)).maxFeePerGas).toBe(gwei(1.125));
  });
});
