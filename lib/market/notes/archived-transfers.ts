import { z } from 'zod';
import { ARCHIVE_FOLDER } from '../../core/archive-period.ts';
import { agentName, hex32, SWARM } from '../../core/ids.ts';
import { atomicAmount } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import { epochSeconds } from '../../core/time.ts';
import { DIRECTIONS, type TreasuryNote } from './treasury-note.ts';

/** The most records of a page: it stays well below the largest note that is read. */
export const TRANSFERS_A_PAGE = 500;

const record = z.strictObject({
  id: hex32,
  direction: z.enum(DIRECTIONS),
  agent: agentName,
  amountAtomic: atomicAmount,
  day: z.number().int().min(0),
  at: epochSeconds,
  block: z.number().int().min(0),
});

/** What `main` keeps of a transfer of the treasury whose note is in the archive: all of it. */
export type ArchivedTransfer = Readonly<z.output<typeof record>>;

const schema = z.strictObject({
  ...noteEnvelope.shape,
  kind: z.literal('archived-transfers'),
  schema: z.literal(1),
  id: z.string().regex(/^[0-9-]{7,15} transfers \d{1,5}$/),
  owner: z.literal(SWARM),
  transfers: z.array(record).max(TRANSFERS_A_PAGE),
});

/** A page of archived transfers. */
export type ArchivedTransfersPage = Readonly<z.output<typeof schema>>;

/** The path of a page of a period's transfers; `page` counts from 1. */
export function archivedTransfersPath(period: string, page: number): string {
  return `${ARCHIVE_FOLDER}/${period}/transfers-${String(page).padStart(3, '0')}.md`;
}

/** `shared/archive/<period>/transfers-<page>.md`: written once by the hub, or the host where there is none. */
export const archivedTransfersKind: NoteKind<ArchivedTransfersPage> = {
  kind: 'archived-transfers',
  version: 1,
  path: /^shared\/archive\/[0-9-]{7,15}\/transfers-\d{3,5}\.md$/,
  schema,
  front: ({ transfers, ...data }) => ({
    ...data,
    transfers: transfers.map((transfer) => ({ ...transfer, amountAtomic: transfer.amountAtomic.toString() })),
  }),
  body: ({ id, transfers }) =>
    `# Archived transfers, ${id}\n\nThe property “transfers” of this page holds ${transfers.length} transfers of the treasury.\n`,
};

/** The record of a transfer's note. */
export function transferRecord({ id, direction, agent, amountAtomic, day, at, block }: TreasuryNote): ArchivedTransfer {
  return { id, direction, agent, amountAtomic, day, at, block };
}
