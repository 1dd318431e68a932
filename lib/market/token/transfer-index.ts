import type { Address } from 'viem';
import { chainRulesOf } from '../../core/chains.ts';
import type { ChainClient } from '../chain/chain-client.ts';
import { createEventIndex } from '../chain/event-index.ts';
import type { SnapshotKeep } from '../chain/snapshot-keep.ts';
import { formatTransfers, parseTransfers } from './transfer-snapshot.ts';
import { readTransfers, type TransferRecord } from './transfers.ts';

/** Ranges of old blocks that one refresh reads at most: who waits for it has other work. */
const MAX_RANGES = 50;

/** Follows the transfers of one account. */
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
 * @param options.keep where what was read outlives the process.
 */
export function createTransferIndex(options: {
  readonly client: ChainClient;
  readonly chainId: number;
  readonly token: Address;
  readonly account: Address;
  readonly fromBlock: bigint;
  readonly keep: SnapshotKeep;
}): TransferIndex {
  const { client, chainId, token, account, fromBlock, keep } = options;
  const place = { chainId, token, account, fromBlock };
  const events = createEventIndex({
    client,
    what: 'the account’s transfers',
    read: (range) => readTransfers(client, token, account, range),
    fromBlock,
    unsettledBlocks: chainRulesOf(chainId).unsettledBlocks,
    maxRanges: MAX_RANGES,
    throttleMs: 0,
    format: (book) => formatTransfers(book, place),
    parse: (text) => parseTransfers(text, place),
    keep,
  });
  return {
    refresh: async () => {
      const { settled, unsettled } = await events.refresh();
      return [...settled, ...unsettled];
    },
  };
}
