import { z } from 'zod';
import { ARCHIVE_FOLDER, ARCHIVE_REFS, periodId } from '../../core/archive-period.ts';
import { productName, SWARM } from '../../core/ids.ts';
import { table } from '../../core/markdown.ts';
import { atomicAmount, formatUsdc } from '../../core/money.ts';
import { type NoteKind, noteEnvelope } from '../../core/note.ts';
import { formatIso } from '../../core/time.ts';
import { isoSeconds } from '../terms/fields.ts';

const count = z.number().int().min(0);

const schema = z.strictObject({
  ...noteEnvelope.shape,
  kind: z.literal('archive'),
  schema: z.literal(1),
  id: periodId,
  owner: z.literal(SWARM),
  /** The end of the period: what had ended by then and wasn't archived before is in it. */
  until: isoSeconds,
  archivedAt: isoSeconds,
  /** The commit under {@link ARCHIVE_REFS} that holds the notes as they were. */
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  state: z.enum(['archived', 'restored']),
  /** How many trades, transfers and pages of logs it holds, and how many files that are. */
  trades: count,
  transfers: count,
  logs: count,
  files: count,
  paidAtomic: atomicAmount,
  products: z
    .array(z.strictObject({ product: productName, settled: count, other: count, paidAtomic: atomicAmount }))
    .max(200),
});

/** The summary of one period of the archive. */
export type ArchivePage = Readonly<z.output<typeof schema>>;

/** The ref that holds the notes of a period. */
export function archiveRef(period: string): string {
  return `${ARCHIVE_REFS}${period}`;
}

/** The path of the summary of a period. */
export function archivePath(period: string): string {
  return `${ARCHIVE_FOLDER}/${period}.md`;
}

/** `shared/archive/<period>.md`: what was moved to the archive, for people; beside it a folder with the records that programs read. */
export const archiveKind: NoteKind<ArchivePage> = {
  kind: 'archive',
  version: 1,
  path: /^shared\/archive\/[0-9-]{7,15}\.md$/,
  schema,
  front: ({ until, archivedAt, paidAtomic, products, ...data }) => ({
    ...data,
    until: formatIso(until),
    archivedAt: formatIso(archivedAt),
    paidAtomic: paidAtomic.toString(),
    products: products.map((line) => ({ ...line, paidAtomic: line.paidAtomic.toString() })),
  }),
  body: renderArchive,
};

function renderArchive(page: ArchivePage): string {
  const { id, until, trades, transfers, logs, files, paidAtomic, products, state } = page;
  return [
    `# Archive ${id}`,
    '',
    state === 'restored'
      ? `The notes of this period were put back on ${formatIso(page.archivedAt)}; the next period that ends takes them again.`
      : `What had ended by ${formatIso(until)}: ${trades} trades with ${formatUsdc(paidAtomic)} USDC paid, ${transfers} transfers of the treasury, ${logs} pages of logs; ${files} files.`,
    '',
    table(
      ['Product', 'Settled', 'Ended otherwise', 'Paid (USDC)'],
      products.map((line) => [line.product, String(line.settled), String(line.other), formatUsdc(line.paidAtomic)]),
    ),
    '',
    `The notes are in the ref ${archiveRef(id)} of the vault's repository: swarm-ops archive show ${id} lists them, swarm-ops archive restore ${id} --into a folder writes them to a folder.`,
    'What is owned, paid and remembered is read from the records beside this page.',
    '',
  ].join('\n');
}
