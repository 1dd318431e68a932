import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SwarmError } from '../core/errors.ts';

/** A place of the swarm's own that can't be used. */
export interface RefusedPlace {
  readonly path: string;
  /** The folder that a person would give to another user as a whole: that of all of the swarm's files. */
  readonly root: string;
  /** The option that names another place, as in `--state`. */
  readonly option?: string;
}

/**
 * Says why the file system refuses a place, and gives the command that mends it; undefined for an error that isn't the
 * file system's. The codes are `swarm/foreign-owner` and `swarm/bad-state-folder`.
 */
export async function placeError(place: RefusedPlace, cause: unknown): Promise<SwarmError | undefined> {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const { path, root, option } = place;
  const another = useAnother(option);
  switch (code) {
    case 'ENOTDIR': {
      const file = await nearest(path);
      return refused(
        `${file} is a file where a folder should be`,
        `Move it away: mv ${quoted(file)} ${quoted(`${file}.old`)}; ${another}.`,
        cause,
      );
    }
    case 'EISDIR':
      return refused(
        `${path} is a folder where a file should be`,
        `Move it away: mv ${quoted(path)} ${quoted(`${path}.old`)}; ${another}.`,
        cause,
      );
    case 'EROFS':
      return refused(
        `${path} is on a disk that can only be read`,
        `Mount it for writing: ${sudo()}mount -o remount,rw "$(stat -c %m ${quoted(root)})"; ${another}.`,
        cause,
      );
    case 'EACCES':
    case 'EPERM': {
      const closed = await closedFolder(path);
      if (closed !== undefined) {
        return refused(
          `${path} can't be reached: ${closed} lets this user (${process.geteuid?.()}) not in`,
          `Run this as a user whom it lets in, ${another}.`,
          cause,
        );
      }
      const foreign = await ownerError(place);
      if (foreign !== undefined) return foreign;
      return refused(
        `${path} is closed to its own user by its mode`,
        `Open it: chmod -R u+rwX ${quoted(root)}; ${another}.`,
        cause,
      );
    }
    default:
      return undefined;
  }
}

/**
 * Says that a place belongs to another user than the one this process runs as; undefined where it doesn't, where nothing
 * is there, and on systems without such users. Git uses no repository of another user, and root is no exception.
 */
export async function ownerError({ path, root, option }: RefusedPlace): Promise<SwarmError | undefined> {
  const me = process.geteuid?.();
  const owner = (await lstat(path).catch(() => undefined))?.uid;
  if (me === undefined || owner === undefined || owner === me) return undefined;
  return new SwarmError({
    code: 'swarm/foreign-owner',
    disposition: 'stop',
    message: `${path} belongs to user ${owner}, and this process runs as user ${me}`,
    next: `If it is this swarm's, make it yours: ${sudo()}chown -R "$(id -u):$(id -g)" ${quoted(root)}; or run this as user ${owner}, ${useAnother(option)}.`,
  });
}

function refused(message: string, next: string, cause: unknown): SwarmError {
  return new SwarmError({ code: 'swarm/bad-state-folder', disposition: 'stop', message, next, cause });
}

/** The nearest part of a path that is there and can be seen. */
async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await lstat(at).catch(() => undefined);
    if (found !== undefined || at === dirname(at)) return at;
  }
}

/** The folder on the way to a path that lets nobody see what is in it; undefined where the path itself can be seen. */
async function closedFolder(path: string): Promise<string | undefined> {
  const seen = await lstat(path).catch((error: NodeJS.ErrnoException) => error.code);
  return seen === 'EACCES' ? nearest(path) : undefined;
}

function useAnother(option: string | undefined): string {
  return option === undefined ? 'or use another folder' : `or name another folder with ${option}`;
}

function sudo(): string {
  return process.geteuid?.() === 0 ? '' : 'sudo ';
}

/** A path as one word of a shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
