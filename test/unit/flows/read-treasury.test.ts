import { describe, expect, it } from 'vitest';
import { readTreasury, type TreasurySources } from '../../../lib/flows/treasury/read-treasury.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { addressOf, chainOf, manifestOf, NOW } from '../../support/snapshot.ts';

const DAY = 100;
const fan = manifestOf('kk-fan', { budget: { daily: '0.5', reserve: '0.05' } });
const broken = async (): Promise<never> => {
  throw new Error('it broke');
};

/** What a treasury with one agent that has nothing sees, and what it could not see. */
async function look(changes: Partial<TreasurySources> = {}) {
  const errors: string[] = [];
  const index = memoryVault().index();
  const snapshot = await readTreasury(
    {
      treasury: addressOf(0xba),
      manifests: [fan, manifestOf('kk-homeless')],
      daySeconds: DAY,
      vault: { read: async () => index },
      readDirectory: async () => new Map([['kk-fan', addressOf(0xfa)]]),
      readOffers: async () => [],
      readChain: async () => ({ ...chainOf({ blockTime: NOW }), usdcAtomic: 10n ** 9n }),
      readTransfers: async () => [],
      readDue: async (agents) => agents.map((agent) => ({ ...agent, balanceAtomic: 0n })),
      clock: () => NOW,
      draining: () => false,
      ...changes,
    },
    errors,
  );
  return { ...snapshot, errors };
}

describe('what the treasury sees', () => {
  it('is a plan for the agents whose wallets are known, as of the chain’s day', async () => {
    const { plan, errors } = await look();
    expect(errors).toEqual([]);
    expect(plan?.handOuts).toMatchObject([{ amountAtomic: 500_000n, day: NOW / DAY, agent: { manifest: fan } }]);
  });

  it('is a plan also when its transfers can not be read', async () => {
    const { plan, transfers, errors } = await look({ readTransfers: broken });
    expect({ transfers, errors }).toEqual({ transfers: [], errors: ['it broke'] });
    expect(plan?.handOuts).toHaveLength(1);
  });

  it('is no plan while the swarm winds down or the clock is wrong, and its transfers all the same', async () => {
    const moved = { tx: '0x01', from: addressOf(1), to: addressOf(0xba), amountAtomic: 1n, block: 1, at: NOW } as const;
    const readTransfers = async () => [moved];
    const draining = await look({ readTransfers, draining: () => true });
    expect(draining).toMatchObject({ plan: undefined, transfers: [moved], errors: [] });
    const askew = await look({ readTransfers, clock: () => NOW + 61 });
    expect(askew).toMatchObject({ plan: undefined, transfers: [moved] });
    expect(askew.errors).toEqual([expect.stringContaining("61 s off the chain's")]);
  });

  it('is nothing without the chain or the vault', async () => {
    await expect(look({ readChain: broken })).rejects.toThrow('it broke');
    await expect(look({ vault: { read: broken } })).rejects.toThrow('it broke');
  });
});
