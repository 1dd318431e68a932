import fc from 'fast-check';
import { HttpRequestError, RpcRequestError } from 'viem';
import { describe, expect, it } from 'vitest';
import { type BlockRange, createRangeReader, MAX_BLOCKS } from '../../../lib/market/chain/block-ranges.ts';

const refusal = (message: string) =>
  new Error('wrapped', { cause: new RpcRequestError({ body: {}, error: { code: -32_000, message }, url: 'a node' }) });

/** A node with an event in every block, which answers so many blocks at once. */
function nodeOf(limits: bigint | { readonly answers: bigint }, error: Error = refusal('block range too large')) {
  const asked: BlockRange[] = [];
  const reader = createRangeReader(async (range) => {
    asked.push(range);
    const blocks = range.toBlock - range.fromBlock + 1n;
    if (blocks > (typeof limits === 'bigint' ? limits : limits.answers)) throw error;
    return Array.from({ length: Number(blocks) }, (_, index) => range.fromBlock + BigInt(index));
  });
  return { asked, reader };
}

describe('ranges of blocks', () => {
  it('cover every block once, in order, and none asks for more than a public node answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(0n, 10n ** 9n), fc.bigInt(-1n, 20_000n), async (fromBlock, more) => {
        const { asked, reader } = nodeOf(MAX_BLOCKS);
        await reader.read({ fromBlock, toBlock: fromBlock + more });
        let next = fromBlock;
        for (const piece of asked) {
          expect(piece.fromBlock).toBe(next);
          const count = piece.toBlock - piece.fromBlock + 1n;
          expect(count >= 1n && count <= MAX_BLOCKS).toBe(true);
          next = piece.toBlock + 1n;
        }
        expect(next).toBe(fromBlock + more + 1n);
      }),
      { numRuns: 50 },
    );
  });

  it('are halved until the node answers, and every event is read once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(1n, 3_000n), fc.integer({ min: 1, max: 5_000 }), async (answers, count) => {
        const { reader } = nodeOf(answers);
        const events = await reader.read({ fromBlock: 7n, toBlock: 6n + BigInt(count) });
        expect(events).toEqual(Array.from({ length: count }, (_, index) => 7n + BigInt(index)));
      }),
      { numRuns: 50 },
    );
  });

  it('are not tried again at once in a size that the node refused', async () => {
    const { asked, reader } = nodeOf(600n);
    await reader.read({ fromBlock: 0n, toBlock: 3_999n });
    asked.length = 0;
    await reader.read({ fromBlock: 4_000n, toBlock: 5_999n });
    expect(asked).toHaveLength(4);
    expect(reader.first({ fromBlock: 0n, toBlock: 9_999n })).toEqual({ fromBlock: 0n, toBlock: 499n });
  });

  it('grow again when a node that was busy is so no more', async () => {
    const limits = { answers: 3n };
    const { asked, reader } = nodeOf(limits);
    await reader.read({ fromBlock: 0n, toBlock: 99n });
    limits.answers = MAX_BLOCKS;
    await reader.read({ fromBlock: 100n, toBlock: 100_000n });
    asked.length = 0;
    await reader.read({ fromBlock: 100_001n, toBlock: 102_000n });
    expect(asked).toHaveLength(1);
  });

  it('are halved for what nodes say of size, and not for anything else', async () => {
    const sizes = [
      refusal('query returned more than 10000 results'),
      refusal('eth_getLogs is limited to a 1000 range'),
      refusal('Log response size exceeded'),
      refusal('query timeout exceeded'),
      new Error('wrapped', { cause: new RangeError('the answer is longer than 9 bytes') }),
      new HttpRequestError({ url: 'http://node', status: 413 }),
    ];
    for (const error of sizes) {
      expect(await nodeOf(100n, error).reader.read({ fromBlock: 0n, toBlock: 999n })).toHaveLength(1_000);
    }
    const others = [
      refusal('header not found'),
      refusal('rate limit exceeded'),
      refusal('compute units per second capacity exceeded'),
      new HttpRequestError({ url: 'http://node', status: 429 }),
      new Error('the request timed out'),
    ];
    for (const error of others) {
      const { asked, reader } = nodeOf(100n, error);
      await expect(reader.read({ fromBlock: 0n, toBlock: 999n })).rejects.toBe(error);
      expect(asked).toHaveLength(1);
    }
  });

  it('end with the node’s own error where it refuses a single block', async () => {
    const { asked, reader } = nodeOf(0n);
    await expect(reader.read({ fromBlock: 0n, toBlock: 1_999n })).rejects.toThrow('wrapped');
    expect(asked.at(-1)).toEqual({ fromBlock: 0n, toBlock: 0n });
    expect(reader.first({ fromBlock: 0n, toBlock: 9_999n }).toBlock).toBe(MAX_BLOCKS - 1n);
  });
});
