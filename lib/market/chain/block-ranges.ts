import { HttpRequestError } from 'viem';
import { causesOf } from './node-refusal.ts';

/** The maximum number of blocks whose events one request asks for: what most public nodes allow. */
export const MAX_BLOCKS = 2_000n;

/** The number of whole ranges that are answered in a row before one of twice the size is tried: a busy node refuses ranges that it accepts at other times. */
const ANSWERS_BEFORE_MORE = 32;

/** A range of blocks, both ends included. */
export interface BlockRange {
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

/** Reads events in ranges of a size that the node accepts. */
export interface RangeReader<Event> {
  /** The first part of a longer range that one request asks for. */
  readonly first: (whole: BlockRange) => BlockRange;
  /** Reads a range in pieces, lowest first. A piece that the node refuses for its size is halved, down to one block. */
  readonly read: (whole: BlockRange) => Promise<readonly Event[]>;
}

/**
 * Creates a reader that remembers the size that its node accepts, and after many answers tries a larger one again.
 * @param ask requests the events of one range.
 */
export function createRangeReader<Event>(ask: (range: BlockRange) => Promise<readonly Event[]>): RangeReader<Event> {
  let maxBlocks = MAX_BLOCKS;
  let answers = 0;

  async function read(whole: BlockRange): Promise<readonly Event[]> {
    const events: Event[] = [];
    let blocks = maxBlocks;
    for (let fromBlock = whole.fromBlock; fromBlock <= whole.toBlock; ) {
      const piece = firstOf({ fromBlock, toBlock: whole.toBlock }, blocks);
      const size = piece.toBlock - fromBlock + 1n;
      try {
        events.push(...(await ask(piece)));
        fromBlock = piece.toBlock + 1n;
        if (size === blocks) answers += 1;
        if (answers >= ANSWERS_BEFORE_MORE && blocks < MAX_BLOCKS) {
          answers = 0;
          blocks = blocks * 2n < MAX_BLOCKS ? blocks * 2n : MAX_BLOCKS;
        }
        maxBlocks = blocks;
      } catch (error) {
        if (size === 1n || !refusesSize(error)) throw error;
        answers = 0;
        blocks = size / 2n;
      }
    }
    return events;
  }

  return { first: (whole) => firstOf(whole, maxBlocks), read };
}

function firstOf({ fromBlock, toBlock }: BlockRange, blocks: bigint): BlockRange {
  const last = fromBlock + blocks - 1n;
  return { fromBlock, toBlock: last < toBlock ? last : toBlock };
}

/** HTTP 413: Content Too Large. */
const PAYLOAD_TOO_LARGE = 413;

/**
 * Whether a node's error means that the range was too large, and not that there were too many requests; nodes have no common
 * code for it. A response over the size limit is such an error too.
 */
function refusesSize(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    if (cause instanceof RangeError) return true;
    if (cause instanceof HttpRequestError) return cause.status === PAYLOAD_TOO_LARGE;
    if (cause.name !== 'RpcRequestError') return false;
    const isRate = /rate|per second|too many requests|quota|credits|capacity|throughput/i.test(cause.message);
    return !isRate && /range|limit|exceed|too (?:large|many|big|wide|long)|more than|timed? ?out/i.test(cause.message);
  });
}
