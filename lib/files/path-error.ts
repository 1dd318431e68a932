import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SwarmError } from '../core/errors.ts';

/** A file or folder of the swarm that can't be used. */
export interface RefusedPath {
  readonly path: string;
  /** The folder with all of the swarm's files, on which the suggested command runs. */
  readonly root: string;
  /** The option that sets another folder, as in `--state`. */
  readonly option?: string;
}

/**
 * Explains why the file system refuses a path and names the command that fixes it; undefined when the cause isn't an error
 * of the file system. The codes are `swarm/foreign-owner` and `swarm/bad-state-folder`.
 */
export async function pathError(options: RefusedPath, cause: unknown): Promise<SwarmError | undefined> {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const { path, root, option } = options;
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
    case 'ENOTREG':
    case 'EFBIG':
      return refused(
        `${path} is ${code === 'EFBIG' ? 'too large for what it should hold' : 'no regular file'}`,
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
          `${path} can't be reached: ${closed} doesn't let this user (${process.geteuid?.()}) in`,
          `Run this as a user who may enter it, ${another}.`,
          cause,
        );
      }
      const foreign = await ownerError(options);
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
 * The error for a path that belongs to another user than this process runs as; undefined when it belongs to this user or
 * doesn't exist, and on systems without users. Git refuses repositories of other users, for root too.
 */
export async function ownerError({ path, root, option }: RefusedPath): Promise<SwarmError | undefined> {
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

/** The longest prefix of a path that exists and is visible. */
async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await lstat(at).catch(() => undefined);
    if (found !== undefined || at === dirname(at)) return at;
  }
}

/** The parent folder that hides a path from this user; undefined when the path itself is visible. */
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

/** Quotes a path for a shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
