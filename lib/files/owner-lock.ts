import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';

const ownerFile = z.object({ pid: z.number().int().positive(), startedAt: z.string(), token: z.string() });
type Owner = z.infer<typeof ownerFile>;

/**
 * Takes a lock file for this process and gives the function that gives it back. A lock whose process is gone, or whose
 * process number was given to another program since, is taken over.
 * @throws SwarmError `vault/in-use` when a living process holds it.
 */
export async function takeOwnership(file: string): Promise<() => Promise<void>> {
  await mkdir(path.dirname(file), { recursive: true });
  const startedAt = (await processStart(process.pid)) ?? 'unknown';
  const mine: Owner = { pid: process.pid, startedAt, token: randomUUID() };
  const draft = `${file}.${mine.token}`;
  await writeFile(draft, JSON.stringify(mine));
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (await tryLink(draft, file)) return () => giveBack(file, mine);
      const holder = await readOwner(file);
      if (holder !== undefined && (await isAlive(holder))) throw inUse(file, holder);
      await setAside(file, holder);
    }
    throw inUse(file, undefined);
  } finally {
    await rm(draft, { force: true });
  }
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

/** Moves a stale lock away; if another process took it over in between, what was moved is its lock and goes back. */
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

async function giveBack(file: string, mine: Owner): Promise<void> {
  if ((await readOwner(file))?.token === mine.token) await rm(file, { force: true });
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return ownerFile.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  const startedAt = await processStart(owner.pid);
  return startedAt !== undefined && startedAt === owner.startedAt;
}

/** When a process started, in whatever form the system tells it; undefined when there is no such process. */
export async function processStart(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name in parentheses may hold anything; the start time is the 20th field after it. A zombie (Z) holds nothing any more.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields !== undefined) return fields[0] === 'Z' ? undefined : fields[19];
  if (process.platform === 'linux') return undefined;
  // Loaded where it is needed only.
  const { execa } = await import('execa');
  const { exitCode, stdout } = await execa('ps', ['-o', 'lstart=', '-p', String(pid)], { reject: false });
  return exitCode === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

function inUse(file: string, holder: Owner | undefined): SwarmError {
  return new SwarmError({
    code: 'vault/in-use',
    disposition: 'stop',
    message: `${path.dirname(file)} is in use by ${holder === undefined ? 'another process' : `process ${holder.pid}`}`,
    next: 'Stop that process first, or use another state folder.',
  });
}
