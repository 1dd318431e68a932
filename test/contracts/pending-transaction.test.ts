import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import type { TransactionSender } from '../../lib/market/chain/transaction-sender.ts';
import { createEscrowIndex } from '../../lib/market/escrow/escrow-index.ts';
import { createMarketHost } from '../../lib/market/market-host.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';

const [payee, hasty] = [testAccount(3), testAccount(4)];

/** Lets so much time pass that what is pending is stuck. */
function passUntilStuck(): void {
  const now = Math.ceil(performance.now()) + 180_000;
  vi.spyOn(performance, 'now').mockReturnValue(now);
}

describe('a pending transaction', () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await openTestMarket();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const newIndex = ({ observe }: TransactionSender) => {
    const { client, escrow, token, chainId } = market;
    return createEscrowIndex({ client, chainId, escrow, token, fromBlock: 0n, throttleMs: 0, observe });
  };

  async function setMining(isOn: boolean): Promise<void> {
    await callRpc(market.rpcUrl, 'evm_setAutomine', [isOn]);
    await callRpc(market.rpcUrl, 'evm_setIntervalMining', [isOn ? 1 : 0]);
  }

  it('lets nothing else be sent, and a timeout is an open question', async () => {
    const { rpcUrl } = market;
    const sender = market.sender(payee, { timeoutMs: 300, intervalMs: 50 });
    const index = newIndex(sender);
    await setMining(false);
    const call = { to: payee.address, data: '0x', gas: 50_000n } as const;
    await expect(sender.send(call)).rejects.toMatchObject({ code: 'market/tx-pending' });
    expect((await index.view(payee.address)).hasPending).toBe(true);
    await expect(sender.send(call)).rejects.toMatchObject({ code: 'market/tx-pending' });
    expect(await market.client.getTransactionCount({ address: payee.address, blockTag: 'pending' })).toBe(
      (await market.client.getTransactionCount({ address: payee.address })) + 1,
    );
    await callRpc(rpcUrl, 'evm_mine', []);
    await setMining(true);
    expect((await index.view(payee.address)).hasPending).toBe(false);
    const poor = testAccount(40);
    await expect(market.sender(poor).send(call)).rejects.toMatchObject({ code: 'market/tx-refused' });
  });

  it('is replaced by the same call once it is stuck, with higher fees and once only', async () => {
    const { client, rpcUrl } = market;
    const { address } = hasty;
    await setMining(false);
    const before = await client.getBalance({ address: payee.address });
    const call = { to: payee.address, data: '0xabcd', valueWei: 5n, gas: 50_000n } as const;
    const sender = market.sender(hasty, { timeoutMs: 200, intervalMs: 50 });
    await expect(sender.send(call)).rejects.toMatchObject({ code: 'market/tx-pending' });
    const index = newIndex(sender);
    expect(await index.view(address)).toMatchObject({ hasPending: true, isStuck: false, mayReplace: false });
    expect(await sender.replaceStuck()).toBeUndefined();
    passUntilStuck();
    expect(await index.view(address)).toMatchObject({ hasPending: true, isStuck: true, mayReplace: false });
    const first = await client.getBlock({ blockTag: 'pending', includeTransactions: true });
    const hash = await sender.replaceStuck();
    if (hash === undefined) throw new Error('nothing was sent');
    await callRpc(rpcUrl, 'evm_mine', []);
    await setMining(true);
    const replaced = first.transactions.find(({ from }) => from === address.toLowerCase());
    const mined = await client.getTransaction({ hash });
    expect(mined.blockNumber).not.toBeNull();
    expect(mined).toMatchObject({ nonce: replaced?.nonce, input: '0xabcd', value: 5n, gas: 50_000n });
    expect(mined.maxFeePerGas).toBeGreaterThan(replaced?.maxFeePerGas ?? 0n);
    expect(await client.getBalance({ address: payee.address })).toBe(before + 5n);
    passUntilStuck();
    expect(await sender.replaceStuck()).toBeUndefined();
    expect(await index.view(address)).toMatchObject({ hasPending: false, isStuck: false });
  });

  it('of before a restart is replaced by the next call once it is stuck', async () => {
    const { rpcUrl, client } = market;
    const polling = { timeoutMs: 200, intervalMs: 50 };
    const [earlier, sender] = [market.sender(hasty, polling), market.sender(hasty, polling)];
    const index = newIndex(sender);
    await setMining(false);
    const call = { to: payee.address, data: '0xabcd', gas: 50_000n } as const;
    await expect(earlier.send(call)).rejects.toMatchObject({ code: 'market/tx-pending' });
    const { address } = hasty;
    expect(await index.view(address)).toMatchObject({ hasPending: true, isStuck: false, mayReplace: false });
    passUntilStuck();
    expect(await index.view(address)).toMatchObject({ hasPending: true, isStuck: false, mayReplace: true });
    const nonce = await client.getTransactionCount({ address });
    const sending = sender.send({ ...call, data: '0x1234' });
    await expect(sending).rejects.toMatchObject({ code: 'market/tx-pending' });
    expect(await index.view(address)).toMatchObject({ hasPending: true, isStuck: false, mayReplace: false });
    await callRpc(rpcUrl, 'evm_mine', []);
    const { transactions } = await client.getBlock({ includeTransactions: true });
    expect(transactions.filter(({ from }) => from === address.toLowerCase())).toMatchObject([
      { input: '0x1234', nonce },
    ]);
    await setMining(true);
    expect(await index.view(address)).toMatchObject({ hasPending: false, mayReplace: false });
    expect(await client.getTransactionCount({ address, blockTag: 'pending' })).toBe(nonce + 1);
  });

  it('is judged by what the sender of its account has seen, and by nobody who only looks', async () => {
    const { chainId, escrow, token, rpcUrl } = market;
    const deployment = { chainId, escrow, token, fromBlock: 0 };
    const [host, looker] = [createMarketHost(rpcUrl, deployment), createMarketHost(rpcUrl, deployment)];
    host.escrowWriter(hasty);
    const { address } = hasty;
    await setMining(false);
    const earlier = market.sender(hasty, { timeoutMs: 200, intervalMs: 50 });
    const call = { to: payee.address, data: '0x', gas: 50_000n } as const;
    await expect(earlier.send(call)).rejects.toMatchObject({ code: 'market/tx-pending' });
    for (const { index } of [host, looker]) expect(await index.view(address)).toMatchObject({ mayReplace: false });
    passUntilStuck();
    expect(await host.index.view(address)).toMatchObject({ hasPending: true, mayReplace: true });
    expect(await looker.index.view(address)).toMatchObject({ hasPending: true, mayReplace: false });
    const writer = host.escrowWriter(hasty);
    expect(await writer.replaceStuck()).toBeUndefined();
    await callRpc(rpcUrl, 'evm_mine', []);
    await setMining(true);
    expect(await host.index.view(address)).toMatchObject({ hasPending: false });
  });
});
