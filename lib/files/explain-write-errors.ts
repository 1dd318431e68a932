import { dirname } from 'node:path';
import { SwarmError } from '../core/errors.ts';

/** Why a write fails, by the system's error code. */
const OBSTACLES: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no folder ${dirname(path)}`,
  ENOTDIR: (path) => `a part of ${dirname(path)} is a file`,
  EISDIR: () => 'it is a folder',
  EEXIST: () => 'something else is there already',
  EACCES: (path) => `you may not write in ${dirname(path)}`,
  EPERM: (path) => `you may not write in ${dirname(path)}`,
  EROFS: () => 'the disk is read-only',
  ENOSPC: () => 'the disk is full',
};

/**
 * Runs a write to a path that a person chose with an option, and turns an error of the file system into an instruction.
 * @param option as in `--out`.
 * @throws SwarmError `swarm/unwritable` when the file system refuses; other errors unchanged.
 */
export async function explainWriteErrors<Result>(
  path: string,
  option: string,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (cause instanceof SwarmError || !/^E[A-Z]+$/.test(code)) throw cause;
    throw new SwarmError({
      code: 'swarm/unwritable',
      disposition: 'stop',
      message: `${path} can't be written: ${OBSTACLES[code]?.(path) ?? code}`,
      next: `Fix that, or choose another path with ${option}.`,
      cause,
    });
  }
}
