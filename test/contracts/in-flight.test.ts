import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { callRpc } from '../../lib/local/evm/rpc.ts';
import { type ChainClient, createChainClient } from '../../lib/market/chain/chain-client.ts';
import { hasten, transact } from '../../lib/market/chain/transact.ts';
import { createEscrowIndex } from '../../lib/market/escrow/escrow-index.ts';
import { openTestMarket, type TestMarket } from '../support/evm.ts';
import { testAccount } from '../support/test-accounts.ts';

const [payee, hasty] = [testAccount(3), testAccount(4)];

/** Lets so much time pass that what is on its way hangs. */
function passHanging(): void {
  const now = Math.ceil(performance.now()) + 180_000;
  vi.spyOn(performance, 'now').mockReturnValue(now);
}

describe('a transaction in flight', () => {
  let market: TestMarket;

  beforeAll(async () => {
    market = await openTestMarket();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const newIndex = (client: ChainClient) => {
    const { escrow, token, chainId } = market;
    return createEscrowIndex({ client, chainId, escrow, token, fromBlock: 0n, throttleMs: 0 });
  };

  async function setMining(isOn: boolean): Promise<void> {
    await callRpc(market.rpcUrl, 'evm_setAutomine', [isOn]);
    await callRpc(market.rpcUrl, 'evm_setIntervalMining', [isOn ? 1 : 0]);
  }

  it('lets nothing else be sent, and a timeout is an open question', async () => {
    const { rpcUrl } = market;
    const index = newIndex(market.client);
    await setMining(false);
    const call = { to: payee.address, data: '0x', gas: 50_000n } as const;
    const polling = { timeoutMs: 300, intervalMs: 50 };
    await expect(transact(market.client, payee, call, polling)).rejects.toMatchObject({ code: 'market/tx-pending' });
    expect((await index.view(payee.address)).inFlight).toBe(true);
    await expect(transact(market.client, payee, call, polling)).rejects.toMatchObject({ code: 'market/tx-pending' });
    expect(await market.client.getTransactionCount({ address: payee.address, blockTag: 'pending' })).toBe(
      (await market.client.getTransactionCount({ address: payee.address })) + 1,
    );
    await callRpc(rpcUrl, 'evm_mine', []);
    await setMining(true);
    expect((await index.view(payee.address)).inFlight).toBe(false);
    const poor = testAccount(40);
    await expect(transact(market.client, poor, call)).rejects.toMatchObject({ code: 'market/tx-refused' });
  });

  it('is sent again as it was once it hangs, with higher fees and once only', async () => {
    const { client, rpcUrl } = market;
    const { address } = hasty;
    await setMining(false);
    const before = await client.getBalance({ address: payee.address });
    const call = { to: payee.address, data: '0xabcd', valueWei: 5n, gas: 50_000n } as const;
    const polling = { timeoutMs: 200, intervalMs: 50 };
    await expect(transact(client, hasty, call, polling)).rejects.toMatchObject({ code: 'market/tx-pending' });
    const index = newIndex(market.client);
    expect(await index.view(address)).toMatchObject({ inFlight: true, hangs: false, mayReplace: false });
    expect(await hasten(client, hasty)).toBeUndefined();
    passHanging();
    expect(await index.view(address)).toMatchObject({ inFlight: true, hangs: true, mayReplace: false });
    const first = await client.getBlock({ blockTag: 'pending', includeTransactions: true });
    const hash = await hasten(client, hasty);
    if (hash === undefined) throw new Error('nothing was sent');
    await callRpc(rpcUrl, 'evm_mine', []);
    await setMining(true);
    const replaced = first.transactions.find(({ from }) => from === address.toLowerCase());
    const mined = await client.getTransaction({ hash });
    expect(mined.blockNumber).not.toBeNull();
    expect(mined).toMatchObject({ nonce: replaced?.nonce, input: '0xabcd', value: 5n, gas: 50_000n });
    expect(mined.maxFeePerGas).toBeGreaterThan(replaced?.maxFeePerGas ?? 0n);
    expect(await client.getBalance({ address: payee.address })).toBe(before + 5n);
    passHanging();
    expect(await hasten(client, hasty)).toBeUndefined();
    expect(await index.view(address)).toMatchObject({ inFlight: false, hangs: false });
  });

  it('gives its place to the next call once it hangs since before a restart', async () => {
    const { rpcUrl, chainId, client: earlier } = market;
    const client = createChainClient(rpcUrl, chainId);
    const index = newIndex(client);
    await setMining(false);
    const call = { to: payee.address, data: '0xabcd', gas: 50_000n } as const;
    const polling = { timeoutMs: 200, intervalMs: 50 };
    await expect(transact(earlier, hasty, call, polling)).rejects.toMatchObject({ code: 'market/tx-pending' });
    const { address } = hasty;
    expect(await index.view(address)).toMatchObject({ inFlight: true, hangs: false, mayReplace: false });
    passHanging();
    expect(await index.view(address)).toMatchObject({ inFlight: true, hangs: false, mayReplace: true });
    const nonce = await client.getTransactionCount({ address });
    const sending = transact(client, hasty, { ...call, data: '0x1234' }, polling);
    await expect(sending).rejects.toMatchObject({ code: 'market/tx-pending' });
    expect(await index.view(address)).toMatchObject({ inFlight: true, hangs: false, mayReplace: false });
    await callRpc(rpcUrl, 'evm_mine', []);
    const { transactions } = await client.getBlock({ includeTransactions: true });
    expect(transactions.filter(({ from }) => from === address.toLowerCase())).toMatchObject([
      { input: '0x1234', nonce },
    ]);
    await setMining(true);
    expect(await index.view(address)).toMatchObject({ inFlight: false, mayReplace: false });
    expect(await client.getTransactionCount({ address, blockTag: 'pending' })).toBe(nonce + 1);
  });
});
