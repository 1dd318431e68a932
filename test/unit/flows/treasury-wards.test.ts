import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { SwarmError } from '../../../lib/core/errors.ts';
import { handOutNonce } from '../../../lib/flows/treasury/treasury-nonce.ts';
import { createWards } from '../../../lib/flows/treasury/treasury-wards.ts';
import { addressOf, manifestOf, NOW } from '../../support/snapshot.ts';

const fan = { manifest: manifestOf('kk-fan', { budget: { daily: '0.5', reserve: '0.05' } }), address: addressOf(0xfa) };
const maker = { manifest: manifestOf('kk-maker', { role: 'extractor' }), address: addressOf(0x3a) };
const names = (wards: readonly { readonly manifest: typeof fan.manifest }[]) =>
  wards.map(({ manifest }) => manifest.metadata.name);

/** A token that takes each nonce once and refuses those it is told to. */
function world() {
  const state = { now: NOW, balance: 0n, asked: 0, taken: new Set<Hex>(), refusing: false };
  const wards = createWards(
    {
      readBalance: async () => {
        state.asked += 1;
        return state.balance;
      },
      wasGiven: async (manifest, day) => {
        state.asked += 1;
        return state.taken.has(handOutNonce(manifest, day));
      },
    },
    async ({ nonce }) => {
      if (state.refusing)
        throw new SwarmError({ code: 'market/transfer-refused', disposition: 'wait', message: 'no', next: 'x' });
      state.taken.add(nonce);
      return 'sent';
    },
    () => state.now,
  );
  const give = ({ manifest, address }: typeof fan, day: number) =>
    wards.send({ to: address, amountAtomic: 1n, nonce: handOutNonce(manifest, day) });
  return { state, wards, give };
}

describe('the treasury’s wards', () => {
  it('are who the token has not taken a transfer for, and nobody is asked about for nothing', async () => {
    const { state, wards, give } = world();
    expect(names(await wards.read([fan, maker], 1))).toEqual(['kk-fan', 'kk-maker']);
    await give(fan, 1);
    await give(maker, 1);
    state.asked = 0;
    expect(await wards.read([fan, maker], 1)).toEqual([]);
    expect(state.asked).toBe(0);
    state.now += 3600;
    expect(await wards.read([fan, maker], 1)).toEqual([]);
    state.asked = 0;
    expect(await wards.read([fan, maker], 1)).toEqual([]);
    expect(state.asked).toBe(0);
    expect(names(await wards.read([fan, maker], 2))).toEqual(['kk-fan']);
  });

  it('do not count while they have their budget', async () => {
    const { state, wards } = world();
    state.balance = 500_000n;
    expect(await wards.read([fan], 1)).toEqual([]);
    state.balance = 499_999n;
    expect(names(await wards.read([fan], 1))).toEqual(['kk-fan']);
  });

  it('whom the token refuses are left alone for a while, and named', async () => {
    const { state, wards, give } = world();
    state.refusing = true;
    await wards.read([fan, maker], 1);
    await expect(give(fan, 1)).rejects.toMatchObject({ code: 'market/transfer-refused' });
    expect(wards.refused()).toEqual(['kk-fan']);
    state.now += 599;
    expect(names(await wards.read([fan, maker], 1))).toEqual(['kk-maker']);
    state.now += 1;
    expect(names(await wards.read([fan, maker], 1))).toEqual(['kk-fan', 'kk-maker']);
    expect(wards.refused()).toEqual([]);
  });
});
