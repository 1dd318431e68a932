import type { Address } from 'viem';
import { z } from 'zod';
import { address, hex32 } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { ChainAnchor } from '../chain/chain-anchor.ts';
import { chainAnchor, decimal, formatJson } from '../chain/snapshot-text.ts';
import type { TransferRecord } from './transfers.ts';

/** An account's transfers up to a block, oldest first. Immutable. */
export interface TransferBook {
  /** The last block that was read, as long as its hash stays; absent before the first. */
  readonly anchor: ChainAnchor | undefined;
  readonly transfers: readonly TransferRecord[];
}

/** Whose transfers of what a book holds. */
export interface TransferPlace {
  readonly chainId: number;
  readonly token: Address;
  readonly account: Address;
  /** Where reading began. */
  readonly fromBlock: bigint;
}

const count = z.number().int().min(0);
const snapshot = z.strictObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('TransferSnapshot'),
  chainId: z.number().int(),
  token: address,
  account: address,
  fromBlock: decimal,
  anchor: chainAnchor,
  transfers: z.array(
    z.strictObject({ tx: hex32, from: address, to: address, amountAtomic: decimal, block: count, at: count }),
  ),
});

/** Formats a book as of its anchor. Amounts and the anchor's number are decimal strings. */
export function formatTransfers(book: TransferBook, anchor: ChainAnchor, of: TransferPlace): string {
  const value = {
    apiVersion: 'karmakadabra/v1',
    kind: 'TransferSnapshot',
    ...of,
    anchor,
    transfers: [...book.transfers],
  } satisfies z.output<typeof snapshot>;
  return formatJson(value);
}

/**
 * Parses what {@link formatTransfers} made; undefined for anything else and for another account's. Whether the chain
 * still has the anchor is for the reader of the chain to see.
 */
export function parseTransfers(text: string, of: TransferPlace): TransferBook | undefined {
  const parsed = snapshot.safeParse(parseJson(text)).data;
  if (parsed === undefined) return undefined;
  const { chainId, token, account, fromBlock, anchor, transfers } = parsed;
  const isSame = chainId === of.chainId && token === lower(of.token) && account === lower(of.account);
  return isSame && fromBlock === of.fromBlock ? { anchor, transfers } : undefined;
}

function lower(value: Address): string {
  return value.toLowerCase();
}
