import { BlockNotFoundError, type Hex } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import type { ChainClient } from './chain-client.ts';

/** A block by whose hash what was read of a chain is recognised as still on that chain. */
export interface ChainAnchor {
  readonly number: bigint;
  readonly hash: Hex;
  /** Seconds since 1970. */
  readonly time: number;
}

/** A block whose time lies further ahead of the clock than this, in seconds, was never a chain's newest. */
const MAX_AHEAD_SECONDS = 3600;

/** A node without a block that is older than this, in seconds, has not merely not heard of it yet. */
const LAG_SECONDS = 300;

/** Half a request for events at a restart. */
const BLOCKS_A_SNAPSHOT = 1_000n;

/** Reads the newest block. */
export async function readHead(client: ChainClient): Promise<ChainAnchor> {
  const { number, hash, timestamp } = await client.getBlock({ blockTag: 'latest' });
  return { number, hash, time: Number(timestamp) };
}

/**
 * Reads a block; undefined where the node says that it has none: the embedded chain throws out old blocks without
 * transactions. A node that fails has not answered, and that is thrown.
 */
export async function readAnchor(client: ChainClient, blockNumber: bigint): Promise<ChainAnchor | undefined> {
  try {
    const { number, hash, timestamp } = await client.getBlock({ blockNumber });
    return { number, hash, time: Number(timestamp) };
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}

/** What was read of a chain before. */
export interface ReadBefore {
  readonly blockNumber: bigint;
  readonly blockTime: number;
  readonly anchor: ChainAnchor | undefined;
}

/**
 * Whether a node's chain is the one that was read before: only another block in the anchor's place, a later time at a lower
 * block, or a time that has not come shows another chain. Pure.
 * @param head the node's newest block.
 * @param atAnchor the block in the anchor's place.
 * @param unsettledBlocks so many blocks a node may be behind the one that was asked before.
 * @throws SwarmError `market/chain-behind` when it is further behind.
 */
export function isSameChain(
  { blockNumber, blockTime, anchor }: ReadBefore,
  head: ChainAnchor,
  atAnchor: ChainAnchor | undefined,
  now: number,
  unsettledBlocks: bigint,
): boolean {
  if (anchor !== undefined && isFromTheFuture(anchor.time, now)) return false;
  const [least, time] =
    anchor !== undefined && anchor.number > blockNumber - unsettledBlocks
      ? [anchor.number, anchor.time]
      : [blockNumber - unsettledBlocks, blockTime];
  if (head.number < least) {
    // Along one chain time goes up with the number, so a head that is lower and later is another chain's.
    if (head.time > time || isFromTheFuture(time, now)) return false;
    throw chainBehind(`is at block ${head.number}; block ${least} was read before`);
  }
  if (anchor === undefined) return true;
  if (atAnchor !== undefined) return atAnchor.hash === anchor.hash;
  if (head.time - anchor.time >= LAG_SECONDS) return false;
  throw chainBehind(`does not know block ${anchor.number}, which was read before`);
}

/** The error of a node that has not got as far as is needed. */
export function chainBehind(how: string): SwarmError {
  return new SwarmError({
    code: 'market/chain-behind',
    disposition: 'wait',
    message: `The chain node ${how}`,
    next: 'The next beat asks again. If it lasts, the node is out of step with the chain: use another RPC.',
  });
}

/**
 * Whether another snapshot is worth its writing: so much has been read since the last one, or that one is of a chain that is
 * no more.
 * @param kept the block of the last one's anchor.
 */
export function isWorthKeeping(anchor: ChainAnchor | undefined, kept: bigint | undefined): boolean {
  if (anchor === undefined) return false;
  return kept === undefined || anchor.number < kept || anchor.number - kept >= BLOCKS_A_SNAPSHOT;
}

/** Whether a block claims a time that has not come: whoever gave it may keep a reader from ever believing another node. */
function isFromTheFuture(time: number, now: number): boolean {
  return time - now > MAX_AHEAD_SECONDS;
}
