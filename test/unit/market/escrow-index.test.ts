import { RpcRequestError } from 'viem';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../lib/core/time.ts';
import { createEscrowIndex } from '../../../lib/market/escrow/escrow-index.ts';
import { FAKE_PLACE, type FakeCall, FakeNode } from '../../support/fake-node.ts';

/** An index of a node, and what it keeps. */
function follow(node: FakeNode, text?: string) {
  const kept = { text };
  const keep = {
    read: async () => kept.text,
    write: async (given: string) => {
      kept.text = given;
    },
  };
  const index = createEscrowIndex({ client: node.client, ...FAKE_PLACE, fromBlock: 0n, keep });
  return { index, kept, look: () => index.refresh({ force: true }) };
}

const isLogs = ({ method }: FakeCall) => method === 'eth_getLogs';
/** Whether a node is asked for the anchor of a book, and not for the newest block. */
const isOldBlock = ({ method, params }: FakeCall) => method === 'eth_getBlockByNumber' && params[0] !== 'latest';

describe('the index of the escrow’s events', () => {
  it('finds a trade that a lagging node hid at the first reading of its block', async () => {
    const node = new FakeNode(300);
    const { look } = follow(node);
    await look();
    await look();
    node.head = 340;
    const key = node.open('late', 305);
    node.meddle = (call) => (isLogs(call) ? [] : undefined);
    expect((await look()).trades.has(key)).toBe(false);
    node.meddle = () => undefined;
    node.head = 400;
    expect((await look()).trades.has(key)).toBe(true);
    await look();
    expect((await look()).trades.has(key)).toBe(true);
  });

  it('takes no block for settled whose events another reading did not find again', async () => {
    const node = new FakeNode(300);
    const { look } = follow(node);
    const key = node.open('seen', 290);
    await look();
    node.head = 400;
    node.meddle = (call) => (isLogs(call) ? [] : undefined);
    await look();
    node.meddle = () => undefined;
    node.head = 500;
    expect((await look()).trades.has(key)).toBe(true);
  });

  it('keeps the very same trades while nothing happens', async () => {
    const node = new FakeNode(300);
    const { look } = follow(node);
    node.open('settled', 100);
    node.open('recent', 290);
    await look();
    const before = await look();
    node.head = 301;
    const after = await look();
    expect(after.blockNumber).toBe(301n);
    expect(after.trades).toBe(before.trades);
  });

  it('reads on from where it was when a question fails, and nothing twice for good', async () => {
    const node = new FakeNode(9_000);
    const { look } = follow(node);
    await look();
    await look();
    node.asked.length = 0;
    node.head = 9_010;
    node.meddle = (call) => {
      if (isOldBlock(call)) throw new Error('timeout');
    };
    await expect(look()).rejects.toMatchObject({ code: 'market/chain-unreachable', disposition: 'wait' });
    node.meddle = () => undefined;
    await look();
    expect(node.asked).toEqual([[8_977, 9_010]]);
  });

  it('waits for a node that is behind, and keeps what it has', async () => {
    const node = new FakeNode(9_000);
    const { look } = follow(node);
    const key = node.open('old', 100);
    await look();
    await look();
    node.asked.length = 0;
    node.head = 8_900;
    await expect(look()).rejects.toMatchObject({ code: 'market/chain-behind', disposition: 'wait' });
    node.head = 9_010;
    node.meddle = (call) => (isOldBlock(call) ? null : undefined);
    await expect(look()).rejects.toMatchObject({ code: 'market/chain-behind', disposition: 'wait' });
    node.meddle = () => undefined;
    expect((await look()).trades.has(key)).toBe(true);
    expect(node.asked).toEqual([[8_977, 9_010]]);
  });

  it('reads all of another chain: another block in the old one’s place, none at all, or a later time at a lower block', async () => {
    const others: ((node: FakeNode) => void)[] = [
      (node) => {
        node.forkAt = 8_000;
      },
      (node) => {
        node.head = 9_400;
        node.meddle = ({ params: [block] }) => (Number(block) === 8_976 ? null : undefined);
      },
      (node) => {
        node.head = 50;
        node.timeOf = (block) => 1_800_000_000 + block;
      },
    ];
    for (const become of others) {
      const node = new FakeNode(9_000);
      const { look } = follow(node);
      await look();
      await look();
      node.asked.length = 0;
      become(node);
      await look();
      expect(node.asked[0]?.[0]).toBe(0);
    }
  });

  it('believes another node after one that spoke from the future, in this process and in the next', async () => {
    const node = new FakeNode(9_000);
    const honest = node.timeOf.bind(node);
    node.timeOf = (block) => systemClock() + 400 * 86_400 + block;
    const { look, kept } = follow(node);
    await look();
    await look();
    node.timeOf = honest;
    node.head = 8_900;
    const key = node.open('true', 8_000);
    expect((await follow(node, kept.text).look()).trades.has(key)).toBe(true);
    expect((await look()).trades.has(key)).toBe(true);
  });

  it('is of the newest block also after a long history, which takes its time to read', async () => {
    const node = new FakeNode(20_000);
    const { look } = follow(node);
    node.meddle = (call) => {
      if (isLogs(call) && node.head < 20_100) node.head += 50;
      return undefined;
    };
    expect((await look()).blockNumber).toBe(20_100n);
  });

  it('goes on with a long history after a failure and after a restart', async () => {
    const node = new FakeNode(20_000);
    const first = follow(node);
    const key = node.open('old', 100);
    const failFrom = (block: number) => (call: FakeCall) => {
      const [filter] = call.params;
      if (isLogs(call) && Number((filter as { fromBlock: string }).fromBlock) >= block) throw new Error('429');
    };
    node.meddle = failFrom(6_000);
    await expect(first.look()).rejects.toMatchObject({ code: 'market/chain-unreachable' });
    node.asked.length = 0;
    node.meddle = failFrom(12_000);
    await expect(first.look()).rejects.toMatchObject({ code: 'market/chain-unreachable' });
    expect(node.asked[0]).toEqual([6_000, 7_999]);

    node.asked.length = 0;
    node.meddle = () => undefined;
    const book = await follow(node, first.kept.text).look();
    expect(node.asked[0]).toEqual([12_000, 13_999]);
    expect(book.trades.has(key)).toBe(true);
    expect(book.blockNumber).toBe(20_000n);
  });

  it('reads all from a node that answers few blocks at once, and says what it said where it answers none', async () => {
    const node = new FakeNode(20_000);
    const { look } = follow(node);
    const key = node.open('old', 100);
    let answers = 700;
    node.meddle = (call) => {
      const { fromBlock, toBlock } = (call.params[0] ?? {}) as { readonly fromBlock: string; readonly toBlock: string };
      if (!isLogs(call) || Number(toBlock) - Number(fromBlock) < answers) return undefined;
      const error = { code: -32_602, message: 'the block range is too wide, see http://node.example/key' };
      throw new RpcRequestError({ body: {}, error, url: 'http://node.example/key' });
    };
    const book = await look();
    expect(book.trades.has(key)).toBe(true);
    expect(book.blockNumber).toBe(20_000n);
    expect(node.asked.slice(0, 2)).toEqual([
      [0, 499],
      [500, 999],
    ]);
    answers = 0;
    await expect(look()).rejects.toMatchObject({
      code: 'market/chain-unreachable',
      message: expect.stringMatching(/the block range is too wide(?!.*node\.example)/),
    });
  });

  it('forgets events that the contract contradicts, in its file too, but not on and on', async () => {
    const node = new FakeNode(9_000);
    const { index, kept, look } = follow(node);
    const key = node.open('hidden', 100);
    const hidden = (call: FakeCall) => (isLogs(call) ? [] : undefined);
    node.meddle = hidden;
    await look();
    expect(await look().then(({ trades }) => trades.has(key))).toBe(false);
    expect(await index.hasTrade(key, node.timeOf(9_000))).toBe(true);
    node.meddle = () => undefined;
    expect((await look()).trades.has(key)).toBe(true);
    expect((await follow(node, kept.text).look()).trades.has(key)).toBe(true);

    node.asked.length = 0;
    const other = node.open('hidden too', 101);
    expect(await index.hasTrade(other, 0)).toBe(true);
    await look();
    expect(node.asked.every(([from]) => from > 0)).toBe(true);
  });

  it('reads at the newest block when the node has lost the state of the last one, as after a restart', async () => {
    const node = new FakeNode(9_000);
    const { index, look } = follow(node);
    await look();
    const key = node.open('any', 9_000);
    await look();
    let lost = 9_000;
    node.meddle = ({ method, params }) => {
      if (method !== 'eth_call' || Number(params[1]) > lost) return undefined;
      node.head += 1;
      throw new Error('the state of the block is gone');
    };
    expect(await index.hasTrade(key, 0)).toBe(true);
    lost = Number.POSITIVE_INFINITY;
    await expect(index.hasTrade(key, 0)).rejects.toMatchObject({ code: 'market/chain-unreachable' });
  });

  it('says nothing of a trade as of a time that the node has not reached', async () => {
    const node = new FakeNode(9_000);
    const { index } = follow(node);
    const asking = index.hasTrade(node.open('any'), node.timeOf(9_001));
    await expect(asking).rejects.toMatchObject({ code: 'market/chain-behind', disposition: 'wait' });
    expect(await index.hasTrade(`0x${'00'.repeat(32)}`, node.timeOf(9_000))).toBe(false);
  });
});
