import { type Address, BlockNotFoundError } from 'viem';
import { systemClock } from '../../core/time.ts';
import { blockRanges } from '../chain/block-ranges.ts';
import { type ChainAnchor, isFromTheFuture, isWorthKeeping } from '../chain/chain-anchor.ts';
import { type ChainClient, readingChain } from '../chain/chain-client.ts';
import type { SnapshotKeep } from '../chain/snapshot-keep.ts';
import { chainBehind } from '../escrow/escrow-follow.ts';
import { formatTransfers, parseTransfers, type TransferBook } from './transfer-snapshot.ts';
import { readTransfers, type TransferRecord } from './transfers.ts';

/** Ranges of old blocks that one refresh reads at most: who waits for it has other work. */
const RANGES_A_REFRESH = 50;

/** Follows the transfers of one account. One refresh at a time. */
export interface TransferIndex {
  /**
   * Reads on towards the newest block and gives all transfers so far, oldest first. A long history takes several
   * refreshes, and what was read before a failure is not read again.
   * @throws SwarmError `market/chain-unreachable`, `market/chain-behind`.
   */
  readonly refresh: () => Promise<readonly TransferRecord[]>;
}

/**
 * Creates an index that knows nothing yet but what was kept.
 * @param options.fromBlock where reading begins.
 * @param options.unsettledBlocks the newest blocks that are read again each time: transfers may still move or vanish, and
 * a node that lags may not know them yet.
 * @param options.keep where what was read outlives the process.
 */
export function createTransferIndex(options: {
  readonly client: ChainClient;
  readonly chainId: number;
  readonly token: Address;
  readonly account: Address;
  readonly fromBlock: bigint;
  readonly unsettledBlocks: bigint;
  readonly keep: SnapshotKeep;
}): TransferIndex {
  const { client, chainId, token, account, fromBlock, unsettledBlocks, keep } = options;
  const place = { chainId, token, account, fromBlock };
  const nothing: TransferBook = { anchor: undefined, transfers: [] };
  let known: TransferBook | undefined;
  let keptBlock: bigint | undefined;

  async function recall(): Promise<TransferBook> {
    const text = await keep.read().catch(() => undefined);
    const book = text === undefined ? nothing : (parseTransfers(text, place) ?? nothing);
    keptBlock = book.anchor?.number;
    return book;
  }

  async function advance(book: TransferBook): Promise<void> {
    known = book;
    const { anchor } = book;
    if (anchor === undefined || !isWorthKeeping(anchor, keptBlock)) return;
    keptBlock = anchor.number;
    // What can't be kept is read again after a restart; until then nobody misses it.
    await keep.write(formatTransfers(book, anchor, place)).catch(() => undefined);
  }

  async function follow(): Promise<readonly TransferRecord[]> {
    known ??= await recall();
    const head = await client.getBlock({ blockTag: 'latest' });
    let book = (await isOf(client, known, head)) ? known : nothing;
    const settled = head.number - unsettledBlocks;
    let loose: readonly TransferRecord[] = [];
    let ranges = 0;
    for (const range of blockRanges(book.anchor === undefined ? fromBlock : book.anchor.number + 1n, head.number)) {
      const last = range.toBlock < settled ? range.toBlock : settled;
      const [fresh, anchor] = await Promise.all([
        readTransfers(client, token, account, range),
        last < range.fromBlock ? undefined : readAnchor(client, last),
      ]);
      loose = [...loose, ...fresh];
      if (anchor === undefined) continue;
      const isFirm = ({ block }: TransferRecord): boolean => BigInt(block) <= anchor.number;
      book = { anchor, transfers: [...book.transfers, ...loose.filter(isFirm)] };
      loose = loose.filter((record) => !isFirm(record));
      await advance(book);
      ranges += 1;
      if (ranges === RANGES_A_REFRESH) break;
    }
    return [...book.transfers, ...loose];
  }

  return { refresh: () => readingChain('the account’s transfers', follow) };
}

/** Whether the chain is still the one that a book was read from. */
async function isOf(
  client: ChainClient,
  { anchor }: TransferBook,
  head: { readonly number: bigint; readonly timestamp: bigint },
): Promise<boolean> {
  if (anchor === undefined) return true;
  if (isFromTheFuture(anchor, systemClock())) return false;
  if (head.number >= anchor.number) return (await readAnchor(client, anchor.number))?.hash === anchor.hash;
  // Along one chain time goes up with the number, so a head that is lower and later is another chain's.
  if (head.timestamp > BigInt(anchor.time)) return false;
  throw chainBehind(`is at block ${head.number}; block ${anchor.number} was read before`);
}

/** A block to hang a book on; undefined where the node has none: the embedded chain throws out old blocks. */
async function readAnchor(client: ChainClient, blockNumber: bigint): Promise<ChainAnchor | undefined> {
  try {
    const { number, hash, timestamp } = await client.getBlock({ blockNumber });
    return { number, hash, time: Number(timestamp) };
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}
