import { readdir } from 'node:fs/promises';
import type { SwarmError } from '../core/errors.ts';
import { ownerError, placeError } from '../files/place-error.ts';

/**
 * Says why git can't use a repository, where the repository itself may be whole: it is another user's (git's "dubious
 * ownership"), a file, or closed. Undefined where it is something else.
 */
export async function repositoryError(repository: string): Promise<SwarmError | undefined> {
  const place = { path: repository, root: repository };
  const foreign = await ownerError(place);
  if (foreign !== undefined) return foreign;
  try {
    await readdir(repository);
    return undefined;
  } catch (cause) {
    return placeError(place, cause);
  }
}
