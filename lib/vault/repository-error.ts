import { readdir } from 'node:fs/promises';
import type { SwarmError } from '../core/errors.ts';
import { ownerError, pathError } from '../files/path-error.ts';

/**
 * The error for a repository that git can't use although it may be intact: it belongs to another user (git's "dubious
 * ownership"), is a file, or can't be read. Undefined when the reason is another one.
 */
export async function repositoryError(repository: string): Promise<SwarmError | undefined> {
  const refused = { path: repository, root: repository };
  const foreign = await ownerError(refused);
  if (foreign !== undefined) return foreign;
  try {
    await readdir(repository);
    return undefined;
  } catch (cause) {
    return pathError(refused, cause);
  }
}
