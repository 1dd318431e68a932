import { type Address, BlockNotFoundError } from 'viem';
import { SwarmError } from '../../core/errors.ts';
import { systemClock } from '../../core/time.ts';
import { blockRanges } from '../chain/block-ranges.ts';
import { type ChainAnchor, isFromTheFuture } from '../chain/chain-anchor.ts';
import type { ChainClient } from '../chain/chain-client.ts';
import { confirmsBook, type EscrowBook, mergeEvents } from './escrow-book.ts';
import { readEscrowEvents } from './escrow-events.ts';

/** Blocks whose events may still move or vanish. */
const UNSETTLED_BLOCKS = 24n;

/** Blocks that no node is so far behind: older ones are believed at their first reading. What a node answers at once. */
const RECENT_BLOCKS = 2_000n;

/** A node without a block that is older than this, in seconds, has not merely not heard of it yet. */
const LAG_SECONDS = 300;

/** The escrow whose events are followed. */
export interface EscrowSource {
  readonly client: ChainClient;
  readonly escrow: Address;
  /** The block of its deployment. */
  readonly fromBlock: bigint;
}

/** The newest block, and the one that a book hangs on, as far as the node knows it. */
interface ChainEnds {
  readonly head: ChainAnchor;
  readonly atAnchor: ChainAnchor | undefined;
}

/**
 * Reads what is new since `before`, or everything when the chain is no longer the one that was followed. A recent block is
 * final when two readings, one refresh after the other, agree on it: a node that lags answers as if nothing had happened.
 * @param keepProgress is given what is final after each range of old blocks: a reading that fails goes on from there.
 * @throws SwarmError `market/chain-behind` when the node has not got as far as the one that was asked before, and what
 * viem throws.
 */
export async function followEscrow(
  { client, escrow, fromBlock }: EscrowSource,
  before: EscrowBook | undefined,
  keepProgress: (book: EscrowBook) => Promise<void>,
): Promise<EscrowBook> {
  const ends = await readEnds(client, before?.anchor);
  const known = before !== undefined && isSameChain(before.anchor, ends) ? before : undefined;
  let { head } = ends;
  let book = known;
  let isLong = false;
  let start = known?.anchor === undefined ? fromBlock : known.anchor.number + 1n;
  for (const range of blockRanges(start, head.number - RECENT_BLOCKS)) {
    const [events, end] = await Promise.all([
      readEscrowEvents(client, escrow, range.fromBlock, range.toBlock),
      // The embedded chain throws out old blocks without transactions.
      readBlock(client, range.toBlock).catch(unlessNotFound),
    ]);
    start = range.toBlock + 1n;
    const merged = mergeEvents(book, events, range.fromBlock);
    book = { blockNumber: range.toBlock, blockTime: head.time, anchor: end ?? book?.anchor, ...merged };
    if (end !== undefined) await keepProgress(book);
    isLong = true;
  }
  if (isLong) {
    // A long history takes its time to read, and the book is of the newest block.
    const newest = await readHead(client);
    if (newest.number > head.number) head = newest;
  }

  const settled = head.number - UNSETTLED_BLOCKS;
  const readTwice = known === undefined || known.blockNumber > settled ? settled : known.blockNumber;
  const [fresh, candidate] = await Promise.all([
    readEscrowEvents(client, escrow, start, head.number),
    known === undefined || readTwice < start ? undefined : readBlock(client, readTwice).catch(unlessNotFound),
  ]);
  const isConfirmed =
    known !== undefined && candidate !== undefined && confirmsBook(known, fresh, start, candidate.number);
  return {
    blockNumber: head.number,
    blockTime: head.time,
    anchor: isConfirmed ? candidate : book?.anchor,
    ...mergeEvents(book, fresh, start),
  };
}

async function readEnds(client: ChainClient, anchor: ChainAnchor | undefined): Promise<ChainEnds> {
  const [head, atAnchor] = await Promise.all([
    readHead(client),
    anchor === undefined ? undefined : readBlock(client, anchor.number).catch(unlessNotFound),
  ]);
  return { head, atAnchor };
}

async function readHead(client: ChainClient): Promise<ChainAnchor> {
  const { number, hash, timestamp } = await client.getBlock({ blockTag: 'latest' });
  return { number, hash, time: Number(timestamp) };
}

async function readBlock(client: ChainClient, blockNumber: bigint): Promise<ChainAnchor> {
  const { number, hash, timestamp } = await client.getBlock({ blockNumber });
  return { number, hash, time: Number(timestamp) };
}

/** A node that says that it has no such block has answered; one that fails has not. */
function unlessNotFound(error: unknown): undefined {
  if (error instanceof BlockNotFoundError) return undefined;
  throw error;
}

/** Whether the chain is the one that a book hangs on: only another block in the anchor's place shows another chain. */
function isSameChain(anchor: ChainAnchor | undefined, { head, atAnchor }: ChainEnds): boolean {
  if (anchor === undefined) return true;
  if (isFromTheFuture(anchor, systemClock())) return false;
  // Along one chain time goes up with the number, so a head that is lower and later is another chain's.
  if (head.number < anchor.number && head.time <= anchor.time) {
    throw chainBehind(`is at block ${head.number}; block ${anchor.number} was read before`);
  }
  if (head.number < anchor.number) return false;
  if (atAnchor !== undefined) return atAnchor.hash === anchor.hash;
  if (head.time - anchor.time < LAG_SECONDS) {
    throw chainBehind(`does not know block ${anchor.number}, which was read before`);
  }
  return false;
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
