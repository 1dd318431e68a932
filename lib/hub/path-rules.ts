import { agentName, PEOPLE } from '../core/ids.ts';
import { isSafePath, pathOwner, savedCopyOf } from '../vault/paths.ts';

/** Why authors may not change a path, for the pusher; undefined when they may. */
export function pathRejection(authors: readonly string[], path: string): string | undefined {
  const shown = JSON.stringify(path.slice(0, 200));
  if (!isSafePath(path)) return `${shown} is not a valid path in the vault`;
  if (isOwnedFolder(path)) return `${shown} is a folder, not a file`;
  // The saved copy of a person's edit belongs to the writer of the note beside it, and people may delete it.
  const original = savedCopyOf(path);
  const owner = pathOwner(original ?? path);
  const mayTouch = authors.includes(owner) || (original !== undefined && authors.includes(PEOPLE));
  return mayTouch ? undefined : `${shown} belongs to ${owner}`;
}

/** Whether a file with this name would block a folder that belongs to others. */
function isOwnedFolder(path: string): boolean {
  const [top, second, third] = path.split('/');
  if (second === undefined) return top === 'agents' || top === 'shared';
  if (third !== undefined) return false;
  return path === 'shared/treasury' || (top === 'agents' && agentName.safeParse(second).success);
}
