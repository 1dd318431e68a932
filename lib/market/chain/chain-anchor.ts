import type { Hex } from 'viem';

/** A block that what was read of a chain hangs on: it counts as long as the block's hash stays. */
export interface ChainAnchor {
  readonly number: bigint;
  readonly hash: Hex;
  /** Seconds since 1970. */
  readonly time: number;
}

/** A block whose time lies further ahead of the clock than this, in seconds, was never a chain's newest. */
const MAX_AHEAD_SECONDS = 3600;

/** Whether a block claims a time that has not come: whoever gave it may keep a reader from ever believing another node. */
export function isFromTheFuture({ time }: ChainAnchor, now: number): boolean {
  return time - now > MAX_AHEAD_SECONDS;
}

/** Half an hour of Base's blocks, and half a request for events at a restart. */
const BLOCKS_A_SNAPSHOT = 1_000n;

/**
 * Whether another snapshot is worth its writing: so much has been read since the last one, or that one is of a chain that is
 * no more.
 * @param kept the block of the last one's anchor.
 */
export function isWorthKeeping(anchor: ChainAnchor | undefined, kept: bigint | undefined): boolean {
  if (anchor === undefined) return false;
  return kept === undefined || anchor.number < kept || anchor.number - kept >= BLOCKS_A_SNAPSHOT;
}
