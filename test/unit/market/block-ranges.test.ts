import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockRanges } from '../../../lib/market/chain/block-ranges.ts';

describe('ranges of blocks', () => {
  it('cover every block once, in order, and none asks for more than a public node answers', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 9n), fc.bigInt(-1n, 50_000n), (fromBlock, more) => {
        const pieces = [...blockRanges(fromBlock, fromBlock + more)];
        let next = fromBlock;
        for (const piece of pieces) {
          expect(piece.fromBlock).toBe(next);
          const count = piece.toBlock - piece.fromBlock + 1n;
          expect(count >= 1n && count <= 2_000n).toBe(true);
          next = piece.toBlock + 1n;
        }
        expect(next).toBe(fromBlock + more + 1n);
      }),
    );
  });
});
