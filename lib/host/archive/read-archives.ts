import { SwarmError } from '../../core/errors.ts';
import type { VaultIndex } from '../../core/vault.ts';
import { type ArchivePage, archiveKind } from '../../market/notes/archive-page.ts';
import { type ArchivedTrade, archivedTradesKind } from '../../market/notes/archived-trade.ts';
import { archivedTransfersKind } from '../../market/notes/archived-transfers.ts';
import { filesOfArchive } from '../../vault/archive/read-archive.ts';
import type { Git } from '../../vault/git.ts';
import type { TreeFile } from '../../vault/tree.ts';

/** The kinds of notes that the index of the archive consists of. */
export const ARCHIVE_KINDS = [archiveKind, archivedTradesKind, archivedTransfersKind];

/** An archived trade and the period that it is in. */
export interface FoundTrade {
  readonly period: string;
  readonly trade: ArchivedTrade;
}

/** The periods of the archive, oldest first. */
export function listArchives(vault: VaultIndex): readonly ArchivePage[] {
  return vault
    .notes(archiveKind)
    .map(({ data }) => data)
    .sort((a, b) => a.until - b.until || (a.id < b.id ? -1 : 1));
}

/** The archived trades of a period. */
export function tradesOf(vault: VaultIndex, period: string): readonly ArchivedTrade[] {
  return vault.notes(archivedTradesKind).flatMap(({ path, data }) => (periodIn(path) === period ? data.trades : []));
}

/** The archived trades whose id starts with some hex digits, with or without `0x`. */
export function findArchived(vault: VaultIndex, id: string): readonly FoundTrade[] {
  const wanted = id.toLowerCase().replace(/^0x/, '');
  if (!/^[0-9a-f]{8,64}$/.test(wanted)) return [];
  return vault
    .notes(archivedTradesKind)
    .flatMap(({ path, data }) =>
      data.trades
        .filter((trade) => trade.id.startsWith(`0x${wanted}`))
        .map((trade) => ({ period: periodIn(path), trade })),
    );
}

/** The index pages of a period but for its summary. */
export function recordPages(vault: VaultIndex, period: string): readonly string[] {
  const notes = [...vault.notes(archivedTradesKind), ...vault.notes(archivedTransfersKind)];
  return notes.map(({ path }) => path).filter((path) => periodIn(path) === period);
}

/**
 * The files of a period.
 * @throws SwarmError `archive/unknown-period` when the repository has no such ref.
 */
export async function archivedFiles(git: Git, period: string): Promise<readonly TreeFile[]> {
  const files = await filesOfArchive(git, period);
  if (files !== undefined) return files;
  throw new SwarmError({
    code: 'archive/unknown-period',
    disposition: 'stop',
    message: `The repository ${git.folder} has no archive ${JSON.stringify(period.slice(0, 60))}`,
    next: 'swarm-ops archive list shows the periods. A clone has none: name the repository of the hub, or fetch refs/archive/* from it.',
  });
}

function periodIn(path: string): string {
  return path.split('/')[2] ?? '';
}
