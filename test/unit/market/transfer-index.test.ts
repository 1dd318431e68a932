import { type Address, BlockNotFoundError, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
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
    ...createChainClient('http://127.0.0.1:1', 8453),
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
    chainId: 8453,
    token: TOKEN,
    account,
    fromBlock: 10n,
    unsettledBlocks: 24n,
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
    await indexOf(chain, kept).refresh();
    chain.asked.splice(0);
    chain.head += 10n;
    chain.paid.add(100_005n);
    expect(blocksOf(await indexOf(chain, kept).refresh())).toEqual([5_000n, 99_990n, 100_005n]);
    expect(chain.asked).toEqual([100_000n - 24n + 1n]);
    expect(blocksOf(await indexOf(chain, kept, addressOf(2)).refresh())).toHaveLength(3);
    expect(chain.asked[1]).toBe(10n);
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
});
