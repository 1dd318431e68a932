import { SwarmError } from '../core/errors.ts';
import type { VaultIndex } from '../core/vault.ts';
import { createBlobReader } from './blob-reader.ts';
import { createGit } from './git.ts';
import { readTree } from './git-tree.ts';
import { createNoteCache } from './note-cache.ts';
import { repositoryError } from './repository-error.ts';
import { createVaultIndex } from './vault-index.ts';

/**
 * Reads the vault once from its repository, bare or not, at the head of `main` or of another ref: for commands that look at a swarm
 * from outside. Takes no lock and changes nothing.
 * @throws SwarmError `vault/unreadable` when there is no such repository or it has no `main`, and what {@link repositoryError} gives.
 */
export async function readRepository(folder: string, ref = 'refs/heads/main'): Promise<VaultIndex> {
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
  const { tree, leftOut } = await readTree(git, head.trim());
  const blobs = createBlobReader(git);
  try {
    const cache = createNoteCache(blobs);
    await cache.load(tree);
    return createVaultIndex(head.trim(), tree, leftOut, cache);
  } finally {
    blobs.close();
  }
}
