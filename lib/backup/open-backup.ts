import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SwarmError } from '../core/errors.ts';
import { type About, type BackedUpFile, damaged } from './format.ts';
import { type ArchiveTaker, readArchive } from './read-archive.ts';
import { type Openers, unseal } from './seal.ts';

/** What a backup holds, checked. */
export interface BackupContent {
  readonly about: About;
  readonly files: readonly BackedUpFile[];
  readonly isEncrypted: boolean;
}

/**
 * Reads a backup to its end, hands its files over as they come, and checks all digests.
 * @throws SwarmError `backup/unreadable`, `backup/damaged`, `backup/version`, `backup/not-for-us`, the reason of the signal, and what
 * the taker throws.
 */
export async function openBackup(
  file: string,
  openers: Openers,
  taker: ArchiveTaker,
  signal: AbortSignal,
): Promise<BackupContent> {
  const found = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  if (!found.isFile()) throw unreadable(file, undefined);
  try {
    const raw = createReadStream(file, { highWaterMark: 256 * 1024, signal });
    const { bytes, isEncrypted } = await unseal(raw, openers, file);
    const unzipped = createGunzip();
    const plain = Readable.from(bytes);
    plain.once('error', (error) => unzipped.destroy(error));
    plain.pipe(unzipped);
    try {
      return { ...(await readArchive(unzipped, file, taker)), isEncrypted };
    } finally {
      plain.destroy();
      unzipped.destroy();
      raw.destroy();
    }
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    if (cause instanceof SwarmError || isOfSystem(cause)) throw cause;
    throw damaged(file, 'it is damaged, or no backup', cause);
  }
}

/** Whether an error is the file system's, and not zlib's or age's about the bytes. */
function isOfSystem(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && /^E[A-Z]+$/.test(String(cause.code));
}

function unreadable(file: string, cause: unknown): SwarmError {
  return new SwarmError({
    code: 'backup/unreadable',
    disposition: 'stop',
    message: `${file} can't be read: ${cause === undefined ? 'it is no file' : String((cause as NodeJS.ErrnoException).code)}`,
    next: 'Name the file that swarm-ops backup wrote.',
    cause,
  });
}
