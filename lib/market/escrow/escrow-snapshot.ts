import type { Address } from 'viem';
import { z } from 'zod';
import { address, hex32 } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { EventBook } from '../chain/follow-events.ts';
import { chainAnchor, decimal, formatJson } from '../chain/snapshot-text.ts';
import type { EscrowEvent } from './escrow-log.ts';

/** The escrow and chain that a book belongs to. */
export interface EscrowPlace {
  readonly chainId: number;
  readonly escrow: Address;
  /** The block of its deployment. */
  readonly fromBlock: bigint;
}

const seconds = z.number().int().min(0);
const place = { key: hex32, block: decimal, logIndex: z.number().int().min(0), tx: hex32, at: seconds };
const event = z.discriminatedUnion('name', [
  z.strictObject({
    ...place,
    name: z.literal('Opened'),
    trade: hex32,
    buyer: address,
    seller: address,
    quoteHash: hex32,
    amountAtomic: decimal,
    deadline: seconds,
  }),
  z.strictObject({ ...place, name: z.literal('Revealed'), revealedKey: hex32, deadline: seconds }),
  z.strictObject({ ...place, name: z.literal('Settled') }),
  z.strictObject({ ...place, name: z.literal('Refunded') }),
]);
const snapshot = z.strictObject({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('EscrowSnapshot'),
  chainId: z.number().int(),
  escrow: address,
  fromBlock: decimal,
  anchor: chainAnchor,
  /** In chain order. */
  events: z.array(event),
});

/** Formats the settled part of a book; undefined for one that has none yet. Amounts and blocks are decimal strings. */
export function formatSnapshot({ anchor, settled }: EventBook<EscrowEvent>, of: EscrowPlace): string | undefined {
  if (anchor === undefined) return undefined;
  const value = {
    apiVersion: 'karmakadabra/v1',
    kind: 'EscrowSnapshot',
    ...of,
    anchor,
    events: [...settled],
  } satisfies z.output<typeof snapshot>;
  return formatJson(value);
}

/**
 * Parses the text of {@link formatSnapshot}; undefined for any other text and for another escrow's. The caller checks whether
 * the chain still contains the anchor.
 */
export function parseSnapshot(text: string, of: EscrowPlace): EventBook<EscrowEvent> | undefined {
  const parsed = snapshot.safeParse(parseJson(text)).data;
  if (parsed === undefined) return undefined;
  const { chainId, escrow, fromBlock, anchor, events } = parsed;
  if (chainId !== of.chainId || escrow !== of.escrow.toLowerCase() || fromBlock !== of.fromBlock) return undefined;
  return { blockNumber: anchor.number, blockTime: anchor.time, anchor, settled: events, unsettled: [] };
}
