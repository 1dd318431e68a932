import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { SwarmError } from '../../../lib/core/errors.ts';
import { createFundedAgents } from '../../../lib/flows/treasury/funded-agents.ts';
import { handOutNonce } from '../../../lib/flows/treasury/treasury-nonce.ts';
import { addressOf, manifestOf, NOW } from '../../support/snapshot.ts';

const fan = { manifest: manifestOf('kk-fan', { budget: { daily: '0.5', reserve: '0.05' } }), address: addressOf(0xfa) };
const maker = { manifest: manifestOf('kk-maker', { role: 'extractor' }), address: addressOf(0x3a) };
const names = (due: readonly { readonly manifest: typeof fan.manifest }[]) =>
  due.map(({ manifest }) => manifest.metadata.name);

/** A token that takes each nonce once and refuses those it is told to. */
function world() {
  const state = { now: NOW, balance: 0n, asked: 0, taken: new Set<Hex>(), refusing: false };
  const funded = createFundedAgents(
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
    funded.send({ to: address, amountAtomic: 1n, nonce: handOutNonce(manifest, day) });
  return { state, funded, give };
}

describe('the agents that the treasury funds', () => {
  it('are due while the token has not taken a transfer for them, and nobody is asked about for nothing', async () => {
    const { state, funded, give } = world();
    expect(names(await funded.readDue([fan, maker], 1))).toEqual(['kk-fan', 'kk-maker']);
    await give(fan, 1);
    await give(maker, 1);
    state.asked = 0;
    expect(await funded.readDue([fan, maker], 1)).toEqual([]);
    expect(state.asked).toBe(0);
    state.now += 3600;
    expect(await funded.readDue([fan, maker], 1)).toEqual([]);
    state.asked = 0;
    expect(await funded.readDue([fan, maker], 1)).toEqual([]);
    expect(state.asked).toBe(0);
    expect(names(await funded.readDue([fan, maker], 2))).toEqual(['kk-fan']);
  });

  it('are not due while they have their budget', async () => {
    const { state, funded } = world();
    state.balance = 500_000n;
    expect(await funded.readDue([fan], 1)).toEqual([]);
    state.balance = 499_999n;
    expect(names(await funded.readDue([fan], 1))).toEqual(['kk-fan']);
  });

  it('are left alone for a while, and named, when the token refuses them', async () => {
    const { state, funded, give } = world();
    state.refusing = true;
    await funded.readDue([fan, maker], 1);
    await expect(give(fan, 1)).rejects.toMatchObject({ code: 'market/transfer-refused' });
    expect(funded.refused()).toEqual(['kk-fan']);
    state.now += 599;
    expect(names(await funded.readDue([fan, maker], 1))).toEqual(['kk-maker']);
    state.now += 1;
    expect(names(await funded.readDue([fan, maker], 1))).toEqual(['kk-fan', 'kk-maker']);
    expect(funded.refused()).toEqual([]);
  });
});
