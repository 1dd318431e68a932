import type { Address } from 'viem';
import { z } from 'zod';
import { address, hex32 } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { EventBook } from '../chain/follow-events.ts';
import { chainAnchor, decimal, formatJson } from '../chain/snapshot-text.ts';
import type { TransferRecord } from './transfers.ts';

/** The account, token and chain that a book of transfers belongs to. */
export interface TransferPlace {
  readonly chainId: number;
  readonly token: Address;
  readonly account: Address;
  /** The block at which reading began. */
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

/** Formats the settled part of a book; undefined for one that has none yet. Amounts and the anchor's number are decimal strings. */
export function formatTransfers({ anchor, settled }: EventBook<TransferRecord>, of: TransferPlace): string | undefined {
  if (anchor === undefined) return undefined;
  const value = {
    apiVersion: 'karmakadabra/v1',
    kind: 'TransferSnapshot',
    ...of,
    anchor,
    transfers: [...settled],
  } satisfies z.output<typeof snapshot>;
  return formatJson(value);
}

/**
 * Parses the text of {@link formatTransfers}; undefined for any other text and for another account's. The caller checks
 * whether the chain still contains the anchor.
 */
export function parseTransfers(text: string, of: TransferPlace): EventBook<TransferRecord> | undefined {
  const parsed = snapshot.safeParse(parseJson(text)).data;
  if (parsed === undefined) return undefined;
  const { chainId, token, account, fromBlock, anchor, transfers } = parsed;
  const isSame = chainId === of.chainId && token === lower(of.token) && account === lower(of.account);
  if (!isSame || fromBlock !== of.fromBlock) return undefined;
  return { blockNumber: anchor.number, blockTime: anchor.time, anchor, settled: transfers, unsettled: [] };
}

function lower(value: Address): string {
  return value.toLowerCase();
}
