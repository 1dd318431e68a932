import { BlockNotFoundError, type Hex } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import type { ChainClient } from './chain-client.ts';

/** A block up to which a chain was read; its hash shows later whether a node still has the same chain. */
export interface ChainAnchor {
  readonly number: bigint;
  readonly hash: Hex;
  /** Seconds since 1970. */
  readonly time: number;
}

/** A block whose time is further ahead of the clock than this, in seconds, can't be real. */
const MAX_AHEAD_SECONDS = 3600;

/** A node that lacks a block older than this, in seconds, is not merely lagging. */
const LAG_SECONDS = 300;

/** A snapshot is written after this many new blocks: reading them again at a restart is half a request. */
const BLOCKS_A_SNAPSHOT = 1_000n;

/** Reads the newest block. */
export async function readHead(client: ChainClient): Promise<ChainAnchor> {
  const { number, hash, timestamp } = await client.getBlock({ blockTag: 'latest' });
  return { number, hash, time: Number(timestamp) };
}

/**
 * Reads a block; undefined if the node answers that it has none: the embedded chain discards old blocks without
 * transactions. Throws if the node doesn't answer.
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

/** How far a chain was read before. */
export interface ReadBefore {
  readonly blockNumber: bigint;
  readonly blockTime: number;
  readonly anchor: ChainAnchor | undefined;
}

/**
 * Whether a node's chain is the one that was read before. Evidence of another chain is: another block at the anchor's
 * number, a later time at a lower block, or an anchor from the future. Pure.
 * @param head the node's newest block.
 * @param atAnchor the node's block at the anchor's number.
 * @param unsettledBlocks how many blocks a node may be behind the one that was read before.
 * @throws SwarmError `market/chain-behind` if it is further behind.
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
    // On one chain the time rises with the number, so a head with a lower number and a later time is another chain's.
    if (head.time > time || isFromTheFuture(time, now)) return false;
    throw chainBehind(`is at block ${head.number}; block ${least} was read before`);
  }
  if (anchor === undefined) return true;
  if (atAnchor !== undefined) return atAnchor.hash === anchor.hash;
  if (head.time - anchor.time >= LAG_SECONDS) return false;
  throw chainBehind(`does not know block ${anchor.number}, which was read before`);
}

/** The error of a node that has not reached a needed block. */
export function chainBehind(how: string): SwarmError {
  return new SwarmError({
    code: 'market/chain-behind',
    disposition: 'wait',
    message: `The chain node ${how}`,
    next: 'The next beat asks again. If it lasts, the node lags behind the chain: use another RPC.',
  });
}

/**
 * Whether a new snapshot should be written: enough blocks were read since the last one, or the last one is of another chain.
 * @param kept the block of the last one's anchor.
 */
export function isWorthKeeping(anchor: ChainAnchor | undefined, kept: bigint | undefined): boolean {
  if (anchor === undefined) return false;
  return kept === undefined || anchor.number < kept || anchor.number - kept >= BLOCKS_A_SNAPSHOT;
}

/** Whether a block's time is in the future. A reader that kept such a block would never accept another node. */
function isFromTheFuture(time: number, now: number): boolean {
  return time - now > MAX_AHEAD_SECONDS;
}
