import { type Address, BlockNotFoundError, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { embeddedChain } from '../../../lib/core/chains.ts';
import { type ChainClient, createChainClient } from '../../../lib/market/chain/chain-client.ts';
import { createTransferIndex } from '../../../lib/market/token/transfer-index.ts';
import { addressOf, id32 } from '../../support/snapshot.ts';

const TOKEN = addressOf(0x70);
const BANK = addressOf(0xba);

/** A chain of blocks two seconds apart, each of which may pay the bank; and a node that can fail or prune. */
class FakeChain {
  readonly asked: bigint[] = [];
  head = 0n;
  fork = 'a';
  paid = new Set<bigint>();
  failAt: bigint | undefined;
  oldest = 0n;

  readonly client: ChainClient = {
    ...createChainClient('http://127.0.0.1:1', embeddedChain.id),
    getBlock: (async ({ blockNumber = this.head }: { blockNumber?: bigint }) => {
      if (blockNumber > this.head || blockNumber < this.oldest) throw new BlockNotFoundError({ blockNumber });
      return { number: blockNumber, hash: this.hash(blockNumber), timestamp: this.at(blockNumber) };
    }) as never,
    getLogs: (async ({ fromBlock, toBlock, args }: { fromBlock: bigint; toBlock: bigint; args: object }) => {
      if (!('to' in args)) return [];
      if (toBlock - fromBlock >= 2_000n) throw new Error('the range is too large');
      if (this.failAt !== undefined && fromBlock > this.failAt) throw new Error('the node is down');
      this.asked.push(fromBlock);
      return [...this.paid]
        .filter((block) => block >= fromBlock && block <= toBlock)
        .map((block) => ({
          transactionHash: this.hash(block),
          args: { from: addressOf(1), to: BANK, value: 1n },
          blockNumber: block,
          logIndex: 0,
          blockTimestamp: this.at(block),
        }));
    }) as never,
  };

  hash(block: bigint): Hex {
    return id32(`${block < 100n ? 'a' : this.fork} ${block}`);
  }

  at(block: bigint): bigint {
    return (this.fork === 'a' ? 1_000n : 1_000_000n) + 2n * block;
  }
}

function indexOf(chain: FakeChain, kept: { text?: string }, account: Address = BANK) {
  return createTransferIndex({
    client: chain.client,
    chainId: embeddedChain.id,
    token: TOKEN,
    account,
    fromBlock: 10n,
    keep: {
      read: async () => kept.text,
      write: async (text) => {
        kept.text = text;
      },
    },
  });
}

const blocksOf = (records: readonly { readonly block: number }[]) => records.map(({ block }) => BigInt(block));

describe('an index of transfers', () => {
  it('reads a long history in pieces, and goes on where a failure stopped it', async () => {
    const chain = new FakeChain();
    chain.head = 100_000n;
    chain.paid = new Set([10n, 5_000n, 77_777n, 99_999n]);
    chain.failAt = 50_000n;
    const kept = {};
    const index = indexOf(chain, kept);
    await expect(index.refresh()).rejects.toMatchObject({ code: 'market/chain-unreachable' });
    chain.failAt = undefined;
    const reached = Math.max(...chain.asked.splice(0).map(Number));
    expect(blocksOf(await index.refresh())).toEqual([...chain.paid]);
    expect(Number(chain.asked[0])).toBeGreaterThan(reached);
  });

  it('keeps nobody waiting for a long history: the next refresh goes on', async () => {
    const chain = new FakeChain();
    chain.head = 250_000n;
    chain.paid = new Set([10n, 150_000n, 249_999n]);
    const index = indexOf(chain, {});
    const seen = [];
    for (let refresh = 0; refresh < 3; refresh += 1) seen.push(blocksOf(await index.refresh()));
    expect(seen).toEqual([[10n], [10n, 150_000n], [10n, 150_000n, 249_999n]]);
  });

  it('goes on after a restart with what it kept, reading only the newest blocks again', async () => {
    const chain = new FakeChain();
    chain.head = 100_000n;
    chain.paid = new Set([5_000n, 99_990n]);
    const kept = {};
    const stopped = indexOf(chain, kept);
    // A recent block is settled when it was read twice.
    await stopped.refresh();
    await stopped.refresh();
    chain.asked.splice(0);
    chain.head += 10n;
    chain.paid.add(100_005n);
    expect(blocksOf(await indexOf(chain, kept).refresh())).toEqual([5_000n, 99_990n, 100_005n]);
    expect(chain.asked).toEqual([100_000n - 24n + 1n]);
    expect(blocksOf(await indexOf(chain, kept, addressOf(2)).refresh())).toHaveLength(3);
    expect(chain.asked[1]).toBe(10n);
  });

  it('goes on with a file as it was written before the escrow was followed in the same way', async () => {
    const chain = new FakeChain();
    chain.head = 1_000n;
    chain.paid = new Set([990n]);
    const [anchor, tx] = [{ number: '500', hash: chain.hash(500n), time: 2_000 }, chain.hash(50n)];
    const transfers = [{ tx, from: addressOf(1), to: BANK, amountAtomic: '1', block: 50, at: 1_100 }];
    const place = { chainId: embeddedChain.id, token: TOKEN, account: BANK, fromBlock: '10' };
    const text = JSON.stringify({
      ...{ apiVersion: 'karmakadabra/v1', kind: 'TransferSnapshot' },
      ...{ ...place, anchor, transfers },
    });
    expect(blocksOf(await indexOf(chain, { text }).refresh())).toEqual([50n, 990n]);
    expect(chain.asked).toEqual([501n]);
  });

  it('drops what vanished from the newest blocks, and all of it on another chain', async () => {
    const chain = new FakeChain();
    chain.head = 1_000n;
    chain.paid = new Set([50n, 990n]);
    const kept = {};
    const index = indexOf(chain, kept);
    expect(blocksOf(await index.refresh())).toEqual([50n, 990n]);
    chain.paid.delete(990n);
    expect(blocksOf(await index.refresh())).toEqual([50n]);
    chain.fork = 'b';
    chain.paid = new Set([60n]);
    expect(blocksOf(await index.refresh())).toEqual([60n]);
    chain.fork = 'c';
    chain.head = 70n;
    expect(blocksOf(await indexOf(chain, kept).refresh())).toEqual([60n]);
  });

  it('finds a transfer that a lagging node hid at the first reading of its block', async () => {
    const chain = new FakeChain();
    chain.head = 1_000n;
    const index = indexOf(chain, {});
    await index.refresh();
    await index.refresh();
    chain.head = 1_100n;
    await index.refresh();
    chain.paid.add(1_005n);
    chain.head = 1_200n;
    expect(blocksOf(await index.refresh())).toEqual([1_005n]);
    await index.refresh();
    expect(blocksOf(await index.refresh())).toEqual([1_005n]);
  });

  it('asks once for all who ask at the same time', async () => {
    const chain = new FakeChain();
    chain.head = 1_000n;
    const index = indexOf(chain, {});
    await Promise.all([index.refresh(), index.refresh()]);
    expect(chain.asked).toEqual([10n]);
  });

  it('waits for a node that lags behind', async () => {
    const chain = new FakeChain();
    chain.head = 1_000n;
    const index = indexOf(chain, {});
    await index.refresh();
    chain.head = 900n;
    await expect(index.refresh()).rejects.toMatchObject({ code: 'market/chain-behind', disposition: 'wait' });
    chain.head = 1_001n;
    chain.paid.add(1_001n);
    expect(blocksOf(await index.refresh())).toEqual([1_001n]);
  });

  it('finds everything where the node has thrown out old blocks and what was kept is of no use', async () => {
    const chain = new FakeChain();
    chain.head = 10_000n;
    chain.oldest = 9_950n;
    chain.paid = new Set([50n, 4_000n, 9_990n]);
    const kept = { text: '{"kind":' };
    const index = indexOf(chain, kept);
    expect(blocksOf(await index.refresh())).toEqual([...chain.paid]);
    expect(blocksOf(await index.refresh())).toEqual([...chain.paid]);
  });

  it('comes to the newest block however many old blocks the node has thrown out', async () => {
    const chain = new FakeChain();
    chain.head = 250_000n;
    chain.oldest = 249_950n;
    chain.paid = new Set([50n, 150_000n, 249_990n]);
    const index = indexOf(chain, {});
    for (let refresh = 0; refresh < 3; refresh += 1) await index.refresh();
    expect(blocksOf(await index.refresh())).toEqual([...chain.paid]);
  });
});
