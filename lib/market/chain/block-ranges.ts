/** Blocks whose events are asked for at once: what public nodes allow. */
const MAX_BLOCKS = 2_000n;

/** A range of blocks, both ends included. */
export interface BlockRange {
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

/** Cuts a range of blocks, both ends included, into pieces that a public node answers, lowest first. */
export function* blockRanges(fromBlock: bigint, toBlock: bigint): Generator<BlockRange> {
  for (let from = fromBlock; from <= toBlock; from += MAX_BLOCKS) {
    const last = from + MAX_BLOCKS - 1n;
    yield { fromBlock: from, toBlock: last < toBlock ? last : toBlock };
  }
}
