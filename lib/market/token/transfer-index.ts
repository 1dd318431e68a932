import type { Address } from 'viem';
import { chainRulesOf } from '../../core/chains.ts';
import type { ChainClient } from '../chain/chain-client.ts';
import { createEventIndex } from '../chain/event-index.ts';
import type { SnapshotStore } from '../chain/snapshot-store.ts';
import { formatTransfers, parseTransfers } from './transfer-snapshot.ts';
import { readTransfers, type TransferRecord } from './transfers.ts';

/** The maximum number of ranges of old blocks that one refresh reads, so that a refresh stays short. */
const MAX_RANGES = 50;

/** Follows the transfers of one account. */
export interface TransferIndex {
  /**
   * Reads on towards the newest block and returns all transfers so far, oldest first. A long history takes several
   * refreshes; what was read before an error is not read again.
   * @throws SwarmError `market/chain-unreachable`, `market/chain-behind`.
   */
  readonly refresh: () => Promise<readonly TransferRecord[]>;
}

/**
 * Creates an index that starts from the stored snapshot, if there is one.
 * @param options.fromBlock the block at which reading begins.
 * @param options.keep stores what was read across restarts.
 */
export function createTransferIndex(options: {
  readonly client: ChainClient;
  readonly chainId: number;
  readonly token: Address;
  readonly account: Address;
  readonly fromBlock: bigint;
  readonly keep: SnapshotStore;
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
