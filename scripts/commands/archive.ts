import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { periodId } from '../../lib/core/archive-period.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { formatUsdc } from '../../lib/core/money.ts';
import { formatIso, systemClock } from '../../lib/core/time.ts';
import type { VaultIndex } from '../../lib/core/vault.ts';
import { explainWriteErrors } from '../../lib/files/explain-write-errors.ts';
import {
  ARCHIVE_KINDS,
  archivedFiles,
  findArchived,
  listArchives,
  recordPages,
  tradesOf,
} from '../../lib/host/archive/read-archives.ts';
import { lookAt } from '../../lib/host/look-at-swarm.ts';
import { type ArchivePage, archiveKind, archivePath } from '../../lib/market/notes/archive-page.ts';
import type { ArchivedTrade } from '../../lib/market/notes/archived-trade.ts';
import { tradePath } from '../../lib/market/notes/trade-note.ts';
import { putBack } from '../../lib/vault/archive/put-back.ts';
import { readArchived } from '../../lib/vault/archive/read-archive.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { createGit, type Git } from '../../lib/vault/git.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import { printJson, printLine, printTable } from '../terminal/print.ts';

/** Where the archive is: in a state folder, or in a repository, as on the hub. */
export interface ArchiveOptions {
  readonly state: string;
  readonly repository?: string;
  readonly json?: boolean;
}

/** Lists the periods of the archive, oldest first. */
export async function archiveList(options: ArchiveOptions): Promise<number> {
  const { vault } = await openArchive(options);
  const pages = listArchives(vault);
  if (options.json) {
    printJson('Archives', pages.map(pageItem));
    return 0;
  }
  if (pages.length === 0) printLine('Nothing is archived yet.');
  else {
    printTable(
      ['period', 'until', 'trades', 'USDC paid', 'transfers', 'logs', 'files', 'state'],
      pages.map((page) => [
        page.id,
        formatIso(page.until),
        String(page.trades),
        formatUsdc(page.paidAtomic),
        String(page.transfers),
        String(page.logs),
        String(page.files),
        page.state,
      ]),
    );
  }
  return 0;
}

/** Lists the trades of a period, or shows both sides' notes of an archived trade as they were. */
export async function archiveShow(what: string, options: ArchiveOptions): Promise<number> {
  const { vault, git } = await openArchive(options);
  if (periodId.safeParse(what).success) {
    const page = pageOf(vault, what);
    const trades = tradesOf(vault, what);
    if (options.json) {
      printJson('ArchivedTrades', trades.map(tradeItem));
      return 0;
    }
    printTable(
      ['trade', 'product', 'buyer', 'seller', 'USDC', 'state', 'requested'],
      trades.map((trade) => [
        trade.id.slice(2, 10),
        trade.product,
        trade.buyer,
        trade.seller,
        formatUsdc(trade.amountAtomic),
        trade.state,
        formatIso(trade.requestedAt),
      ]),
    );
    printLine(`${page.files} files in ${page.commit.slice(0, 12)}.`);
    return 0;
  }
  const found = findArchived(vault, what);
  const [first] = found;
  if (first === undefined || new Set(found.map(({ trade }) => trade.id)).size > 1)
    throw unknownTrade(what, found.length);
  const { id, buyer, seller, requestedAt } = first.trade;
  const paths = new Set([tradePath(buyer, requestedAt, id), tradePath(seller, requestedAt, id)]);
  const files = (await archivedFiles(git, first.period)).filter(({ path }) => paths.has(path));
  const notes: { path: string; text: string }[] = [];
  await readArchived(git, files, async ({ path }, bytes) => void notes.push({ path, text: bytes.toString('utf8') }));
  if (options.json) printJson('ArchivedTrades', [{ ...tradeItem(first.trade), period: first.period, notes }]);
  else for (const { path, text } of notes) for (const line of [`${path}:`, ...text.split('\n')]) printLine(line);
  return 0;
}

/** Writes the notes of a period to a folder, or puts them back onto `main`. */
export async function archiveRestore(
  period: string,
  options: ArchiveOptions & { readonly into?: string },
): Promise<number> {
  const { vault, git } = await openArchive(options);
  const page = pageOf(vault, period);
  const files = await archivedFiles(git, period);
  if (options.into !== undefined) {
    const target = resolve(options.into);
    if ((await stat(target).catch(() => undefined)) !== undefined) throw targetTaken(target);
    await readArchived(git, files, async ({ path }, bytes) => {
      const file = join(target, path);
      await explainWriteErrors(file, '--into', async () => {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes);
      });
    });
    if (options.json) printJson('Archives', [{ ...pageItem(page), into: target }]);
    else printLine(`Wrote ${files.length} files to ${target}`);
    return 0;
  }
  const at = systemClock();
  const restored: ArchivePage = { ...page, state: 'restored', archivedAt: at };
  const text = encodeNote(archiveKind, restored);
  const count = await putBack(git, {
    message: `Put back the archive ${period}`,
    files,
    dropped: recordPages(vault, period),
    page: { path: archivePath(period), text },
    at,
  });
  if (options.json) printJson('Archives', [{ ...pageItem(page), state: 'restored', restored: count }]);
  else {
    printLine(
      `Put ${count} files back. The next period that ends takes them again, unless the swarm runs with --archive never.`,
    );
  }
  return 0;
}

async function openArchive(options: ArchiveOptions): Promise<{ readonly vault: VaultIndex; readonly git: Git }> {
  if (options.repository !== undefined) {
    const repository = resolve(options.repository);
    return { vault: await readRepository(repository, { kinds: ARCHIVE_KINDS }), git: createGit(repository) };
  }
  const { vault, folder, run } = await lookAt(options.state, ARCHIVE_KINDS);
  return { vault, git: createGit(run?.seenFrom === 'hub' ? folder.vault : folder.remote) };
}

function pageOf(vault: VaultIndex, period: string): ArchivePage {
  const page = listArchives(vault).find(({ id }) => id === period);
  if (page !== undefined) return page;
  throw new SwarmError({
    code: 'archive/unknown-period',
    disposition: 'stop',
    message: `Nothing is archived as ${JSON.stringify(period.slice(0, 60))}`,
    next: 'swarm-ops archive list shows the periods.',
  });
}

function pageItem({ kind: _kind, schema: _schema, owner: _owner, ...page }: ArchivePage) {
  return {
    ...page,
    until: formatIso(page.until),
    archivedAt: formatIso(page.archivedAt),
    paidAtomic: page.paidAtomic.toString(),
    products: page.products.map((line) => ({ ...line, paidAtomic: line.paidAtomic.toString() })),
  };
}

function tradeItem(trade: ArchivedTrade) {
  const { amountAtomic, requestedAt, escrow, ...others } = trade;
  return {
    ...others,
    amountAtomic: amountAtomic.toString(),
    requestedAt: formatIso(requestedAt),
    openedAt: escrow === undefined ? null : formatIso(escrow.openedAt),
    tx: escrow?.tx ?? null,
  };
}

function unknownTrade(id: string, count: number): SwarmError {
  return new SwarmError({
    code: 'archive/unknown-trade',
    disposition: 'stop',
    message:
      count === 0 ? `No archived trade ${id.slice(0, 70)}` : `${count} archived trades start with ${id.slice(0, 70)}`,
    next: 'Give a period of swarm-ops archive list, or a trade id or at least 8 of its digits. Trades that aren’t archived are notes in the vault.',
  });
}

function targetTaken(target: string): SwarmError {
  return new SwarmError({
    code: 'archive/target-taken',
    disposition: 'stop',
    message: `${target} exists already`,
    next: 'Name a new folder with --into.',
  });
}
