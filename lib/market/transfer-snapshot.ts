import type { Address, Hex } from 'viem';
import { z } from 'zod';
import { address, hex32 } from '../core/ids.ts';
import type { TransferRecord } from './transfers.ts';

/** A block that a book hangs on. `time` is in seconds since 1970. */
export interface TransferAnchor {
  readonly number: bigint;
  readonly hash: Hex;
  readonly time: number;
}

/** An account's transfers up to a block, oldest first. Immutable. */
export interface TransferBook {
  /** The last block that was read, as long as its hash stays; absent before the first. */
  readonly anchor: TransferAnchor | undefined;
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

const decimal = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform(BigInt);
const count = z.number().int().min(0);
const snapshot = z.strictObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('TransferSnapshot'),
  chainId: z.number().int(),
  token: address,
  account: address,
  fromBlock: decimal,
  anchor: z.strictObject({ number: decimal, hash: hex32, time: count }),
  transfers: z.array(
    z.strictObject({ tx: hex32, from: address, to: address, amountAtomic: decimal, block: count, at: count }),
  ),
});

/** Formats a book as of its anchor. Amounts and the anchor's number are decimal strings. */
export function formatTransfers(book: TransferBook, anchor: TransferAnchor, of: TransferPlace): string {
  const value = {
    apiVersion: 'karmakadabra/v1',
    kind: 'TransferSnapshot',
    ...of,
    anchor,
    transfers: [...book.transfers],
  } satisfies z.output<typeof snapshot>;
  return JSON.stringify(value, (_key, field: unknown) => (typeof field === 'bigint' ? field.toString() : field));
}

/**
 * Parses what {@link formatTransfers} made; undefined for anything else and for another account's. Whether the chain
 * still has the anchor is for the reader of the chain to see.
 */
export function parseTransfers(text: string, of: TransferPlace): TransferBook | undefined {
  const parsed = snapshot.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { chainId, token, account, fromBlock, anchor, transfers } = parsed.data;
  const isSame = chainId === of.chainId && token === lower(of.token) && account === lower(of.account);
  return isSame && fromBlock === of.fromBlock ? { anchor, transfers } : undefined;
}

function lower(value: Address): string {
  return value.toLowerCase();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
