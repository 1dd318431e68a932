import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { writeDurably } from './durable.ts';
import { readErrorText, readRegularFile } from './read-regular-file.ts';

/** A lock has about 150 bytes. */
const MAX_BYTES = 64 * 1024;

const ownerFile = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string(),
  token: z.string(),
  /** The device and inode of the lock's folder: in a copy of the folder the lock holds nothing. Absent in older locks. */
  folder: z.string().optional(),
});

/** The process that holds a lock. */
export type Owner = z.infer<typeof ownerFile>;

/**
 * Acquires a lock file for this process and returns the function that releases it. Takes over a lock whose process has
 * ended, or whose process id belongs to another program now, and one that was copied with its folder.
 * @throws SwarmError `vault/in-use` when a running process holds it, `vault/bad-lock` when the lock can't be read.
 */
export async function takeOwnership(file: string): Promise<() => Promise<void>> {
  await mkdir(path.dirname(file), { recursive: true });
  const startedAt = (await processStart(process.pid)) ?? 'unknown';
  const mine: Owner = { pid: process.pid, startedAt, token: randomUUID(), folder: await folderOf(file) };
  const draft = `${file}.${mine.token}`;
  await writeDurably(draft, JSON.stringify(mine));
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (await tryLink(draft, file)) return () => release(file, mine);
      const stale = await readOwner(file);
      if (stale !== undefined && (await isAlive(stale))) throw inUse(file, stale);
      await setAside(file, stale);
    }
    throw inUse(file, undefined);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * The running process that holds a lock; undefined when none does.
 * @throws SwarmError `vault/bad-lock`
 */
export async function holderOf(file: string): Promise<Owner | undefined> {
  const owner = await readOwner(file);
  return owner !== undefined && (await isAlive(owner)) ? owner : undefined;
}

async function tryLink(draft: string, file: string): Promise<boolean> {
  return link(draft, file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Moves a stale lock away. If another process took it over meanwhile, the moved file is that process's lock and is put back. */
async function setAside(file: string, stale: Owner | undefined): Promise<void> {
  const aside = `${file}.stale-${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await readOwner(aside);
  if (moved?.token !== stale?.token) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

async function release(file: string, mine: Owner): Promise<void> {
  if ((await readOwner(file))?.token === mine.token) await rm(file, { force: true });
}

/** Reads a lock's owner; undefined when there is no lock, an empty one that a power cut left, or one of another folder. */
async function readOwner(file: string): Promise<Owner | undefined> {
  const text = await readRegularFile(file, MAX_BYTES).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw badLock(file, readErrorText(cause), cause);
  });
  if (text === '') return undefined;
  const parsed = ownerFile.safeParse(parseJson(text));
  if (parsed.success)
    return parsed.data.folder === undefined || parsed.data.folder === (await folderOf(file)) ? parsed.data : undefined;
  throw badLock(file, 'it is damaged');
}

async function folderOf(file: string): Promise<string> {
  const { dev, ino } = await stat(path.dirname(file));
  return `${dev}:${ino}`;
}

/** Whether the process that wrote a lock still runs. */
export async function isAlive(owner: Owner): Promise<boolean> {
  const startedAt = await processStart(owner.pid);
  return startedAt !== undefined && startedAt === owner.startedAt;
}

/** When a process started, in the system's own format; undefined when there is no such process. */
export async function processStart(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name in parentheses may contain anything; the start time is the 20th field after it. A zombie (Z) counts as ended.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields !== undefined) return fields[0] === 'Z' ? undefined : fields[19];
  if (process.platform === 'linux') return undefined;
  // Imported only where it is needed, because Linux doesn't need it.
  const { execa } = await import('execa');
  const { exitCode, stdout } = await execa('ps', ['-o', 'lstart=', '-p', String(pid)], { reject: false });
  return exitCode === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

function badLock(file: string, why: string, cause?: unknown): SwarmError {
  return new SwarmError({
    code: 'vault/bad-lock',
    disposition: 'stop',
    message: `The lock ${file} can't be read, so it is unknown whether a swarm runs there: ${why}`,
    next: 'Make sure that no swarm runs there (ps aux | grep swarm-ops), then remove the file.',
    cause,
  });
}

function inUse(file: string, holder: Owner | undefined): SwarmError {
  return new SwarmError({
    code: 'vault/in-use',
    disposition: 'stop',
    message: `${path.dirname(file)} is in use by ${holder === undefined ? 'another process' : `process ${holder.pid}`}`,
    next: 'Stop that process first, or use another state folder.',
  });
}
