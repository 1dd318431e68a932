import { lastEnded, type Period } from '../../core/archive-period.ts';
import type { ChainView } from '../../core/chain.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { Wallets } from '../../market/archive/archive-rules.ts';
import { type ArchivePlan, planArchive } from '../../market/archive/plan-archive.ts';
import { archivePath, archiveRef } from '../../market/notes/archive-page.ts';
import { MAIN, moveToArchive } from '../../vault/archive/move-to-archive.ts';
import type { Git } from '../../vault/git.ts';
import { readTree } from '../../vault/git-tree.ts';
import { savedCopyOf } from '../../vault/paths.ts';
import type { Tree } from '../../vault/tree.ts';
import { archivePages } from './archive-pages.ts';
import type { ArchiveSettings } from './archive-settings.ts';

/** What the archive is made from. Only one program may archive a repository: the hub, or the host where there is none. */
export interface ArchiveParts {
  /** The vault's own repository, which clones push to. */
  readonly git: Git;
  readonly readVault: () => Promise<VaultIndex>;
  readonly readChain: () => Promise<Pick<ChainView, 'trade' | 'blockTime'>>;
  readonly readWallets: (vault: VaultIndex) => Promise<Wallets>;
  readonly settings: Pick<ArchiveSettings, 'period' | 'graceSeconds' | 'leftAfterSeconds'>;
}

/** What one look did. */
export type ArchiveResult =
  | { readonly result: 'archived'; readonly period: string; readonly trades: number; readonly files: number }
  /** The period was archived before, or there is nothing in it. */
  | { readonly result: 'done'; readonly period: string }
  /** A file changed meanwhile. */
  | { readonly result: 'again'; readonly period: string };

/**
 * Archives the period that ended last, unless it was before. A period is archived once: what could not move then moves with the next.
 * @throws what reading the vault and the chain throws, and `moveToArchive`.
 */
export async function archiveOnce(parts: ArchiveParts): Promise<ArchiveResult> {
  const { git, settings } = parts;
  const chain = await parts.readChain();
  const now = chain.blockTime;
  const period = lastEnded(now, settings.period, settings.graceSeconds);
  const { id, endsAt: until } = period;
  // The repository's own head: a reader may not have fetched it yet.
  if (await isThere(git, archivePath(id))) return { result: 'done', period: id };
  const vault = await parts.readVault();
  const times = { now, until, leftAfterSeconds: settings.leftAfterSeconds };
  const plan = await planArchive(vault, chain, await parts.readWallets(vault), times);
  const { tree } = await readTree(git, MAIN);
  const others = otherFiles(tree, plan, period);
  const moved = new Map([...plan.moved.map(({ path, digest }) => [path, { digest }] as const), ...others.files]);
  if (moved.size + plan.late.length === 0) return { result: 'done', period: id };
  const facts = { id, until, archivedAt: now, logs: others.logs, files: moved.size };
  const outcome = await moveToArchive(git, {
    ref: archiveRef(id),
    message: `Archive ${id}: ${plan.trades.length} trades, ${moved.size} files`,
    moved,
    dropped: new Map(plan.late.map(({ path, digest }) => [path, { digest }])),
    pages: (commit) => archivePages(plan, { ...facts, commit }),
    at: now,
  });
  if (outcome.result === 'changed') return { result: 'again', period: id };
  return { result: 'archived', period: id, trades: plan.trades.length, files: moved.size };
}

async function isThere(git: Git, path: string): Promise<boolean> {
  return (await git.run(['ls-tree', '--name-only', '--full-tree', MAIN, '--', path])).trim() !== '';
}

/** A day's log of an agent. */
const LOG = /^agents\/[^/]+\/log\/\d{4}-\d{2}\/(\d{4}-\d{2}-\d{2})-[^/]+\.md$/;
const DAY_SECONDS = 86_400;

/** The files that move besides the notes of trades and transfers: logs of days that are over, and copies of people's edits beside what moves. */
function otherFiles(
  tree: Tree,
  plan: ArchivePlan,
  { endsAt }: Period,
): { readonly files: ReadonlyMap<string, { readonly digest: string }>; readonly logs: number } {
  const taken = new Set(plan.moved.map(({ path }) => path));
  const files = new Map<string, { readonly digest: string }>();
  let logs = 0;
  const isOver = (path: string): boolean => {
    const day = LOG.exec(path)?.[1];
    return day !== undefined && Date.parse(`${day}T00:00:00Z`) / 1000 + DAY_SECONDS <= endsAt;
  };
  for (const folder of tree.folders.values()) {
    for (const { path, digest } of folder.values()) {
      const original = savedCopyOf(path) ?? path;
      if (isOver(original)) logs += 1;
      else if (original === path || !taken.has(original)) continue;
      files.set(path, { digest });
    }
  }
  return { files, logs };
}
