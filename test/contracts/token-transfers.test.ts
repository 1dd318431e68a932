import { beforeAll, describe, expect, it } from 'vitest';
import type { ChainConfig } from '../../lib/market/chain/chain-config.ts';
import { requireUsdc } from '../../lib/market/token/assess-token.ts';
import { assessTransfers } from '../../lib/market/token/assess-transfers.ts';
import { deployFixture, type FixtureMarket } from '../support/contract-fixtures.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';

const ALWAYS = 2n ** 256n - 1n;

describe('a token', () => {
  let market: TestMarket;
  let fee: FixtureMarket;
  let rebasing: FixtureMarket;

  beforeAll(async () => {
    market = await openTestMarket();
    fee = await deployFixture(market, 'FeeUSDC');
    rebasing = await deployFixture(market, 'RebasingUSDC', 'FeeUSDC');
  });

  const configOf = ({ token }: FixtureMarket) => {
    const config: Pick<ChainConfig, 'chainId' | 'token'> = {
      chainId: market.chainId,
      token: { address: token, name: 'USD Coin' },
    };
    return config as ChainConfig;
  };

  it('is taken that moves exactly what it is told, and nothing of it is moved to find that out', async () => {
    await fee.callToken('setFee', [0n, 0n, ALWAYS]);
    expect(await assessTransfers(market.client, market.tokenDomain)).toBe('exact');
    await requireUsdc(market.client, configOf(fee));
    expect(await market.client.getLogs({ address: market.token, fromBlock: 0n })).toEqual([]);
  });

  it.each([
    ['a hundredth of everything', [100n, 0n, ALWAYS]],
    ['a share of large payments only', [1n, 1_000_000n, ALWAYS]],
    ['a share of small payments only', [100n, 0n, 10_000n]],
    ['all of it', [10_000n, 0n, ALWAYS]],
  ])('is refused that keeps %s', async (_, terms) => {
    await fee.callToken('setFee', terms);
    const refusal = { code: 'contracts/wrong-token', disposition: 'stop' };
    await expect(assessTransfers(market.client, fee.tokenDomain)).rejects.toMatchObject(refusal);
    await expect(requireUsdc(market.client, configOf(fee))).rejects.toMatchObject(refusal);
  });

  it('is refused that pays in exactly and says of payouts only that it moved them', async () => {
    await fee.callToken('setFee', [0n, 0n, ALWAYS]);
    await fee.callToken('setSilent', [true]);
    await expect(assessTransfers(market.client, fee.tokenDomain)).rejects.toMatchObject({
      code: 'contracts/wrong-token',
      message: expect.stringContaining('of 1000 atomic units that are paid out, 0 arrive and 1000 stay'),
    });
    await fee.callToken('setSilent', [false]);
  });

  it('that refuses payments moves nothing inexactly: an escrow is not made for it, and a container starts', async () => {
    const other = { ...market.tokenDomain, name: 'Another Coin' };
    expect(await assessTransfers(market.client, other)).toBe('refused');
    await fee.callToken('setFee', [0n, 0n, ALWAYS]);
    await fee.callToken('setPaused', [true]);
    expect(await assessTransfers(market.client, fee.tokenDomain)).toBe('refused');
    await expect(requireUsdc(market.client, configOf(fee))).rejects.toMatchObject({
      code: 'contracts/wrong-token',
      message: expect.stringContaining('it may be paused'),
    });
    await fee.callToken('setPaused', [false]);
  });

  it('is not taken for the chain’s USDC where it can’t be told: balances in no known place, or a node that can’t simulate', async () => {
    expect(await assessTransfers(market.client, rebasing.tokenDomain)).toBe('unknown');
    await expect(requireUsdc(market.client, configOf(rebasing))).rejects.toMatchObject({
      code: 'contracts/unproven-token',
      disposition: 'stop',
    });
    await fee.callToken('setFee', [0n, 0n, ALWAYS]);
    const old = { ...market.client, simulateBlocks: () => Promise.reject(new Error('the method does not exist')) };
    expect(await assessTransfers(old, fee.tokenDomain)).toBe('unknown');
    await expect(requireUsdc(old, configOf(fee))).rejects.toMatchObject({ code: 'contracts/unproven-token' });
  });
});
