import { parseGwei } from 'viem';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Call } from '../../../lib/market/chain/pending-transaction.ts';
import { createTransactionSender, type TransactionSender } from '../../../lib/market/chain/transaction-sender.ts';
import { MempoolNode } from '../../support/mempool-node.ts';
import { testAccount } from '../../support/test-accounts.ts';

const account = testAccount(1);
const to = testAccount(2).address;
const SHORTLY = { timeoutMs: 30, intervalMs: 5 };
const LONG_MS = 180_000;
const gwei = (amount: number) => parseGwei(amount.toString());
const callOf = (data: Call['data'], changes: Partial<Call> = {}): Call => ({ to, data, gas: 100_000n, ...changes });

const tooDear = { code: 'market/gas-too-dear' };
const isPending = { code: 'market/tx-pending' };
const isRefused = { code: 'market/tx-refused' };

/** A sender of the account, as a process makes one. */
function connect(node: MempoolNode, polling = SHORTLY): TransactionSender {
  return createTransactionSender({ client: node.connect(), account, polling });
}

/** Lets time pass for what measures how long something has been pending. */
function pass(ms: number): void {
  const now = Math.ceil(performance.now()) + ms;
  vi.spyOn(performance, 'now').mockReturnValue(now);
}

/** What the node has taken, by what it offers for a unit of gas. */
const offers = (node: MempoolNode) => node.taken.map(({ maxFeePerGas }) => maxFeePerGas);

/** Sends a call that is not mined until it is stuck. */
async function leaveStuck(sender: TransactionSender, call: Call): Promise<void> {
  await expect(sender.send(call)).rejects.toMatchObject(isPending);
  expect(await sender.replaceStuck()).toBeUndefined();
  pass(LONG_MS);
}

describe('a stuck transaction', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('may use all of the ceiling, however patient its call was: everything waits behind it', async () => {
    const node = new MempoolNode();
    const sender = connect(node);
    node.baseFeeWei = gwei(1);
    await leaveStuck(sender, callOf('0x01'));
    node.baseFeeWei = gwei(3);
    await sender.replaceStuck();
    expect(offers(node)).toEqual([gwei(2.5), gwei(5)]);
    pass(LONG_MS);
    await expect(sender.replaceStuck()).rejects.toMatchObject(tooDear);
  });

  it('is raised by what a poor account can hold, without the value that goes along', async () => {
    const node = new MempoolNode();
    const sender = connect(node);
    node.baseFeeWei = gwei(0.5);
    node.tipWei = 0n;
    const valueWei = 10n ** 15n;
    node.balanceWei = valueWei + 100_000n * gwei(1);
    await leaveStuck(sender, callOf('0x01', { valueWei }));
    await sender.replaceStuck();
    expect(offers(node)).toEqual([gwei(0.8), gwei(0.9)]);
    node.balanceWei = valueWei + 150_000n * gwei(1);
    pass(LONG_MS);
    await sender.replaceStuck();
    expect(offers(node).at(-1)).toBe(gwei(1.35));
  });

  it('is not raised over raises that never arrived', async () => {
    const node = new MempoolNode();
    const sender = connect(node);
    node.tipWei = 0n;
    await leaveStuck(sender, callOf('0x01'));
    node.way = 'lost';
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await expect(sender.replaceStuck()).rejects.toMatchObject(isPending);
      pass(LONG_MS);
    }
    node.way = 'open';
    await sender.replaceStuck();
    expect(offers(node)).toEqual([gwei(0.03), gwei(0.06)]);
  });

  it('is raised over a raise that arrived unsaid, once the node finds the next too little', async () => {
    const node = new MempoolNode();
    const sender = connect(node);
    node.tipWei = 0n;
    await leaveStuck(sender, callOf('0x01'));
    node.way = 'unsaid';
    await expect(sender.replaceStuck()).rejects.toMatchObject(isPending);
    node.way = 'open';
    node.baseFeeWei = gwei(0.0205);
    pass(LONG_MS);
    await expect(sender.replaceStuck()).rejects.toMatchObject(isRefused);
    await sender.replaceStuck();
    expect(offers(node)).toEqual([gwei(0.03), gwei(0.06), gwei(0.123)]);
    expect(new Set(node.taken.map(({ data }) => data))).toEqual(new Set(['0x01']));
  });

  it('is waited for after a restart, and then the call at hand replaces it', async () => {
    const node = new MempoolNode();
    node.tipWei = 0n;
    await expect(connect(node).send(callOf('0x01'))).rejects.toMatchObject(isPending);
    const sender = connect(node, { timeoutMs: 5_000, intervalMs: 5 });
    const next = () => sender.send(callOf('0x02'));
    await expect(next()).rejects.toMatchObject(isPending);
    pass(LONG_MS - 1_000);
    await expect(next()).rejects.toMatchObject(isPending);
    expect(node.taken).toHaveLength(1);
    pass(1_000);
    const sending = sender.send(callOf('0x02'));
    await expect.poll(() => node.taken.length).toBe(2);
    node.mine();
    expect((await sending).transactionHash).toBe(node.taken[1]?.hash);
    expect(offers(node)).toEqual([gwei(0.03), gwei(0.06)]);
    expect(node.mined).toBe(1);
  });

  it('is waited for as long again if it is another one', async () => {
    const node = new MempoolNode();
    const [first, second] = [connect(node), connect(node)];
    const send = (sender: TransactionSender, data: Call['data']) =>
      expect(sender.send(callOf(data))).rejects.toMatchObject(isPending);
    await send(first, '0x01');
    await send(second, '0x02');
    node.mine();
    await send(first, '0x03');
    pass(LONG_MS);
    await send(second, '0x04');
    expect(node.taken).toHaveLength(2);
    pass(LONG_MS);
    await send(second, '0x05');
    expect(node.taken.map(({ data }) => data)).toEqual(['0x01', '0x03', '0x05']);
  });

  it('of an earlier process is outbid by twice as much at each refusal, and then replaced like any other', async () => {
    const node = new MempoolNode();
    const earlier = connect(node);
    node.tipWei = 0n;
    node.baseFeeWei = gwei(0.3);
    await expect(earlier.send(callOf('0x01'))).rejects.toMatchObject(isPending);
    node.baseFeeWei = gwei(0.05);
    const sender = connect(node);
    const next = () => sender.send(callOf('0x02'));
    await expect(next()).rejects.toMatchObject(isPending);
    pass(LONG_MS);
    for (const code of ['market/tx-refused', 'market/tx-refused', 'market/tx-pending'])
      await expect(next()).rejects.toMatchObject({ code });
    expect(offers(node)).toEqual([gwei(0.9), gwei(1.2)]);
    expect(await sender.replaceStuck()).toBeUndefined();
    pass(LONG_MS);
    await sender.replaceStuck();
    expect(node.taken.map(({ data }) => data)).toEqual(['0x01', '0x02', '0x02']);
  });
});
