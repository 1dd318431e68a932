import { beforeAll, describe, expect, it } from 'vitest';
import { sendGas } from '../../lib/flows/treasury/send-gas.ts';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';

const treasury = testAccount(6);
const agent = testAccount(41);
const wishes = { keepAtLeast: 10n, topUpTo: 100n };
const polling = { timeoutMs: 20_000, intervalMs: 50 };

describe('gas money', () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await openTestMarket();
  });

  it('that an earlier run sent is not sent again, mined or not', async () => {
    const { rpcUrl } = market;
    const item = { name: 'kk-maker', address: agent.address, sendWei: 100n };
    const send = () => sendGas(market.client, market.sender(treasury, polling), item, wishes);
    await callRpc(rpcUrl, 'evm_setAutomine', [false]);
    await callRpc(rpcUrl, 'evm_setIntervalMining', [0]);
    // A run that gave up waiting for its transfer: the plan of the next one was made before that was mined.
    const call = { to: agent.address, data: '0x', valueWei: 100n, gas: 40_000n } as const;
    const shortly = { timeoutMs: 200, intervalMs: 50 };
    await expect(market.sender(treasury, shortly).send(call)).rejects.toMatchObject({ code: 'market/tx-pending' });
    await expect(send()).rejects.toMatchObject({ code: 'fund/transfer-in-flight', disposition: 'wait' });
    await callRpc(rpcUrl, 'evm_mine', []);
    await callRpc(rpcUrl, 'evm_setAutomine', [true]);
    await callRpc(rpcUrl, 'evm_setIntervalMining', [1]);
    expect(await send()).toBe(0n);
    expect(await market.client.getBalance({ address: agent.address })).toBe(100n);
  });

  it('fills up to what is wanted, and never beyond what was planned', async () => {
    const poor = testAccount(42).address;
    const send = (sendWei: bigint) =>
      sendGas(market.client, market.sender(treasury, polling), { name: 'kk-maker', address: poor, sendWei }, wishes);
    expect(await send(5n)).toBe(5n);
    expect(await send(100n)).toBe(95n);
    expect(await market.client.getBalance({ address: poor })).toBe(100n);
    expect(await send(100n)).toBe(0n);
  });
});
