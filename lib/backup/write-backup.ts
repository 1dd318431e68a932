import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { SwarmError } from '../core/errors.ts';
import { explainWriteErrors } from '../files/explain-write-errors.ts';
import { PRIVATE } from '../files/private-file.ts';
import type { About, BackedUpFile } from './format.ts';
import { type Recipients, seal } from './seal.ts';
import { formatArchive, type SourceFile } from './write-archive.ts';

/** What is backed up. */
export interface BackupContents {
  readonly about: About;
  readonly files: AsyncIterable<SourceFile>;
  readonly recipients: Recipients;
  readonly signal: AbortSignal;
  readonly onFile: (file: BackedUpFile) => void;
}

/** What is backed up to where. */
export interface BackupOrder extends BackupContents {
  /** The file to write. */
  readonly target: string;
  /** The folder that is backed up. */
  readonly root: string;
  /** Whether a file that is there is replaced. */
  readonly isForced: boolean;
}

/**
 * Writes the bytes of a backup, a gzipped tar archive, encrypted or not.
 * @returns how many there are.
 * @throws the reason of the signal, and what {@link formatArchive} and `write` throw.
 */
export async function streamBackup(
  { about, files, recipients, signal, onFile }: BackupContents,
  write: (bytes: Uint8Array) => Promise<unknown>,
): Promise<number> {
  let sizeBytes = 0;
  try {
    await pipeline(
      Readable.from(formatArchive(about, files, onFile)),
      // Most of it is packed or encrypted already.
      createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 }),
      async function* sealed(source: AsyncIterable<Uint8Array>) {
        yield* await seal(source, recipients);
      },
      async (source: AsyncIterable<Uint8Array>) => {
        for await (const bytes of source) {
          sizeBytes += bytes.length;
          await write(bytes);
        }
      },
      { signal },
    );
    return sizeBytes;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

/**
 * Writes a backup into a file that only this user may read. It appears whole under its name, or not at all.
 * @returns its size in bytes.
 * @throws SwarmError `backup/exists`, `backup/inside`, `swarm/unwritable`, and what {@link streamBackup} throws.
 */
export async function writeBackup(order: BackupOrder): Promise<number> {
  const target = resolve(order.target);
  const root = resolve(order.root);
  if (target.startsWith(root + sep)) throw inside(target, root);
  if (!order.isForced && (await exists(target))) throw taken(target);
  const draft = join(dirname(target), `.${randomUUID()}.backup.tmp`);
  return explainWriteErrors(target, 'another FILE', async () => {
    const handle = await open(draft, 'wx', PRIVATE);
    try {
      const sizeBytes = await streamBackup(order, (bytes) => handle.writeFile(bytes));
      await handle.sync();
      if (!order.isForced && (await exists(target))) throw taken(target);
      await rename(draft, target);
      await syncFolder(dirname(target));
      return sizeBytes;
    } finally {
      await handle.close();
      await rm(draft, { force: true });
    }
  });
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function taken(target: string): SwarmError {
  return new SwarmError({
    code: 'backup/exists',
    disposition: 'stop',
    message: `${target} exists already`,
    next: 'Name a new file, or replace it with --force.',
  });
}

function inside(target: string, root: string): SwarmError {
  return new SwarmError({
    code: 'backup/inside',
    disposition: 'stop',
    message: `${target} lies in ${root}, which it would be a backup of: they would be lost together`,
    next: 'Name a file in another folder, best on another disk.',
  });
}
