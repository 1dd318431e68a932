import { execa } from 'execa';
import { readNotes } from '../../lib/host/note-kinds.ts';
import { type BuyerTradeNote, buyerTradeKind } from '../../lib/market/notes/buyer-trade-note.ts';
import { type OfferNote, offerKind } from '../../lib/market/notes/offer-note.ts';
import { type SellerTradeNote, sellerTradeKind } from '../../lib/market/notes/seller-trade-note.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';

/** What a vault's repository says, read with plain git and the note codec. */
export interface VaultAudit {
  readonly head: string;
  readonly paths: readonly string[];
  readonly bought: readonly BuyerTradeNote[];
  readonly sold: readonly SellerTradeNote[];
  readonly offers: readonly OfferNote[];
  /** The paths of notes that can't be read. */
  readonly unreadable: readonly string[];
}

/** Reads the notes at the head of a vault's bare repository. */
export async function auditVault(remote: string): Promise<VaultAudit> {
  const index = await readRepository(remote);
  return {
    head: index.head,
    paths: (await git(remote, 'ls-tree', '-r', '-z', '--name-only', index.head)).split('\0').filter(Boolean),
    bought: index.notes(buyerTradeKind).map(({ data }) => data),
    sold: index.notes(sellerTradeKind).map(({ data }) => data),
    offers: index.notes(offerKind).map(({ data }) => data),
    unreadable: readNotes(index).map(({ path }) => path),
  };
}

/** The names of everybody who has a commit, alone or with others. */
export async function commitAuthors(remote: string): Promise<ReadonlySet<string>> {
  const format = '--format=%an%n%(trailers:key=Co-authored-by,valueonly)';
  const lines = (await git(remote, 'log', format, 'main')).split('\n').filter(Boolean);
  return new Set(lines.map((line) => line.replace(/ <[^<>]*>$/, '')));
}

/** The ids of all writes that have landed, from the commits' trailers. */
export async function landedWrites(remote: string): Promise<ReadonlySet<string>> {
  const trailers = await git(remote, 'log', '--format=%(trailers:key=Vault-Write,valueonly)', 'main');
  return new Set(trailers.split('\n').filter(Boolean));
}

/** Whether a commit is in the history of `main`. */
export async function isInHistory(remote: string, commit: string): Promise<boolean> {
  const { exitCode } = await execa('git', ['-C', remote, 'merge-base', '--is-ancestor', commit, 'main'], {
    reject: false,
  });
  return exitCode === 0;
}

/** The text of a note as of a commit. */
export function textAt(remote: string, commit: string, path: string): Promise<string> {
  return git(remote, 'show', `${commit}:${path}`);
}

/** Runs git in a repository and gives what it prints. @throws when git does. */
export async function git(repository: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execa('git', ['-C', repository, ...args], { maxBuffer: 256 * 2 ** 20 });
  return stdout;
}
