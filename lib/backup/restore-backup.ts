import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { explainWriteErrors } from '../files/explain-write-errors.ts';
import { PRIVATE } from '../files/private-file.ts';
import { type About, type BackupKind, damaged } from './format.ts';
import { type BackupContent, openBackup } from './open-backup.ts';
import type { Openers } from './seal.ts';
import { syncFolder } from './write-backup.ts';

/** What is restored to where. */
export interface RestoreOrder {
  readonly file: string;
  /** The folder that is restored. */
  readonly dir: string;
  readonly of: BackupKind;
  readonly openers: Openers;
  /** Whether a folder that is there is moved aside. */
  readonly isForced: boolean;
  readonly signal: AbortSignal;
  /** Whether a file belongs into such a folder. */
  readonly isKept: (path: string) => boolean;
  /** Prepares the new folder before its files arrive, and completes it once they are all there and checked. */
  readonly prepare: (draft: string, about: About) => Promise<void>;
  readonly complete: (draft: string, about: About) => Promise<void>;
  readonly onFile: (path: string) => void;
}

/** What a restore did. */
export interface Restored extends BackupContent {
  /** Where the folder is now that was there before. */
  readonly aside: string | undefined;
}

/** This part of a disk stays free, whatever a backup says that it holds. */
const FREE_SHARE = 50n;

/**
 * Restores a folder from a backup: into a new folder beside it, which takes its place once everything is there and checked. An
 * error or an abort leaves everything as it was.
 * @throws SwarmError `backup/other-kind`, `backup/in-the-way`, `backup/too-large`, and those of {@link openBackup}.
 */
export async function restoreBackup(order: RestoreOrder): Promise<Restored> {
  const { file, of, openers, isForced, signal, isKept } = order;
  const dir = resolve(order.dir);
  if (!isForced && !(await isFree(dir))) throw inTheWay(dir);
  return explainWriteErrors(dir, 'another folder', async () => {
    await mkdir(dirname(dir), { recursive: true });
    const draft = join(dirname(dir), `.${basename(dir)}.restore-${randomUUID()}`);
    await mkdir(draft, { mode: 0o700 });
    try {
      let room = await roomAt(draft);
      const content = await openBackup(
        file,
        openers,
        {
          about: async (about) => {
            if (about.of !== of) throw otherKind(file, about.of, of);
            await order.prepare(draft, about);
          },
          file: async ({ path, sizeBytes }, bytes) => {
            signal.throwIfAborted();
            if (!isKept(path))
              throw damaged(file, `it has ${JSON.stringify(path.slice(0, 80))}, which no such backup has`);
            room -= BigInt(sizeBytes);
            if (room < 0n) throw tooLarge(file, dir);
            await write(file, join(draft, path), bytes);
            order.onFile(path);
          },
        },
        signal,
      );
      await order.complete(draft, content.about);
      signal.throwIfAborted();
      const aside = await replaceFolder(draft, dir, isForced);
      return { ...content, aside };
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  });
}

/** Whether nothing would be lost at a path. */
async function isFree(dir: string): Promise<boolean> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error.code === 'ENOTDIR' ? inTheWay(dir) : error;
  });
  return names.length === 0;
}

async function replaceFolder(draft: string, dir: string, isForced: boolean): Promise<string | undefined> {
  let aside: string | undefined;
  if (await isFree(dir)) await rmdir(dir).catch(() => undefined);
  else if (isForced) {
    aside = `${dir}.before-restore-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
    await rename(dir, aside);
  } else throw inTheWay(dir);
  await rename(draft, dir).catch(async (error: unknown) => {
    if (aside !== undefined) await rename(aside, dir);
    throw error;
  });
  await syncFolder(dirname(dir));
  return aside;
}

async function write(file: string, target: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST' || cause.code === 'ENOTDIR')
      throw damaged(file, 'it has a file and a folder of one name');
    throw cause;
  });
  const handle = await open(target, 'wx', PRIVATE).catch((cause: NodeJS.ErrnoException) => {
    // Two names that this disk takes for one, or a file where a folder is.
    if (cause.code === 'EEXIST' || cause.code === 'EISDIR') throw damaged(file, 'it has two files of one name');
    throw cause;
  });
  try {
    for await (const part of bytes) await handle.writeFile(part);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function roomAt(folder: string): Promise<bigint> {
  const { bavail, blocks, bsize } = await statfs(folder, { bigint: true });
  return (bavail - blocks / FREE_SHARE) * bsize;
}

function inTheWay(dir: string): SwarmError {
  return new SwarmError({
    code: 'backup/in-the-way',
    disposition: 'stop',
    message: `${dir} is not empty`,
    next: 'Name another folder, or move what is there aside with --force.',
  });
}

function tooLarge(file: string, dir: string): SwarmError {
  return new SwarmError({
    code: 'backup/too-large',
    disposition: 'stop',
    message: `${file} holds more than the disk of ${dir} has room for; a fiftieth of it stays free`,
    next: 'Make room, or restore to another disk. Nothing was changed.',
  });
}

function otherKind(file: string, is: BackupKind, wanted: BackupKind): SwarmError {
  const names = { state: 'a swarm on one machine', hub: 'a hub' };
  return new SwarmError({
    code: 'backup/other-kind',
    disposition: 'stop',
    message: `${file} is a backup of ${names[is]}, not of ${names[wanted]}`,
    next: is === 'hub' ? 'Restore it with --hub DIR.' : 'Restore it with --state DIR.',
  });
}
