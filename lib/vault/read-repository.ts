import { SwarmError } from '../core/errors.ts';
import type { VaultIndex } from '../core/vault.ts';
import { createBlobReader } from './blob-reader.ts';
import { createGit } from './git.ts';
import { readTree, treeProblems } from './git-tree.ts';
import { createNoteCache } from './note-cache.ts';
import { type IndexPlace, NO_INDEX, readNoteIndex } from './note-index.ts';
import type { Kind } from './parsed-note.ts';
import { repositoryError } from './repository-error.ts';
import { createVaultIndex } from './vault-index.ts';

/** What is read of a repository. */
export interface ReadOptions {
  /** `refs/heads/main` if absent. */
  readonly ref?: string;
  /** The kinds to parse at once; others are parsed when asked for, which is slow. All pages are loaded if absent. */
  readonly kinds?: readonly Kind[];
  /** The index that the vault's host writes; it may be absent. */
  readonly index?: IndexPlace;
}

/**
 * Reads the vault once from its repository, bare or not, at the head of `main` or of another ref: for commands that inspect
 * a running swarm. Takes no lock and changes nothing.
 * @throws SwarmError `vault/unreadable` when there is no such repository or it has no such ref, and the errors of {@link repositoryError}.
 */
export async function readRepository(folder: string, options: ReadOptions = {}): Promise<VaultIndex> {
  const { ref = 'refs/heads/main', kinds } = options;
  const git = createGit(folder);
  const head = await git.run(['rev-parse', '--verify', '--quiet', ref]).catch(async (cause: unknown) => {
    const refused = await repositoryError(folder);
    if (refused !== undefined) throw refused;
    throw new SwarmError({
      code: 'vault/unreadable',
      disposition: 'stop',
      message: `${folder} is not a vault's repository`,
      next: 'Name the state folder of a swarm that has been started once.',
      cause,
    });
  });
  const [found, index] = await Promise.all([
    readTree(git, head.trim()),
    kinds === undefined || options.index === undefined ? NO_INDEX : readNoteIndex(options.index, kinds),
  ]);
  const blobs = createBlobReader(git);
  try {
    const cache = createNoteCache({
      blobs,
      index,
      ...(kinds === undefined ? { texts: 'all' } : { texts: 'none', kinds }),
    });
    const read = await cache.load(found.tree);
    return createVaultIndex(head.trim(), read.tree, [...treeProblems(found), ...read.problems], cache);
  } finally {
    blobs.close();
  }
}
