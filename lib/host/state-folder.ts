import { constants } from 'node:fs';
import { access, chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { isoTime } from '../core/time.ts';
import { removeDrafts, writeDurably } from '../files/durable.ts';
import { explainWriteErrors } from '../files/explain-write-errors.ts';
import { takeOwnership } from '../files/owner-lock.ts';
import { ownerError, pathError } from '../files/path-error.ts';
import { readRegularFile } from '../files/read-regular-file.ts';

/** The layout of state folders that this version reads and writes. */
const STATE_VERSION = 1;
const MARK = 'state.json';
/** The mark has about 100 bytes. */
const MAX_MARK_BYTES = 64 * 1024;

const mark = z.object({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('State'),
  version: z.number().int(),
  createdAt: isoTime,
});

/** The paths of one swarm's files on one machine. */
export interface StateFolder {
  readonly dir: string;
  /** The work tree that a person opens in Obsidian. */
  readonly vault: string;
  /** The bare repository that is its remote. */
  readonly remote: string;
  readonly spool: string;
  /** Parsed notes and verified signatures of the vault; may be removed at any time. */
  readonly index: string;
  readonly secrets: string;
  readonly run: string;
  readonly lock: string;
  readonly chain: string;
  readonly deployment: string;
  /** The stored snapshot of the escrow. */
  readonly escrow: string;
  /** The stored snapshot of the treasury's transfers. */
  readonly transfers: string;
  readonly objects: string;
  readonly corpusWork: string;
  /** Chat logs that were copied from a bucket. */
  readonly corpusCopy: string;
  readonly sample: string;
  readonly activity: string;
  /** The nicks in the channel, saved by the listener. */
  readonly roster: string;
  /** The newest signed notes of operators, which this host obeys. */
  readonly obeyed: string;
  /** The private key of the person at this machine, which signs what is typed in the opened folder. */
  readonly operatorKey: string;
  /** The treasury's last report. */
  readonly treasury: string;
  /** Whether the run has slowed down, because nobody looks. */
  readonly pace: string;
  readonly log: string;
  readonly agent: (name: string) => string;
}

/** The paths of a state folder, whether it exists or not. */
export function stateFolderAt(dir: string): StateFolder {
  const root = resolve(dir);
  return {
    dir: root,
    vault: join(root, 'vault'),
    remote: join(root, 'vault.git'),
    spool: join(root, 'spool'),
    index: join(root, 'index'),
    secrets: join(root, 'secrets.json'),
    run: join(root, 'run.json'),
    lock: join(root, 'lock'),
    chain: join(root, 'chain'),
    deployment: join(root, 'chain', 'deployment.json'),
    escrow: join(root, 'chain', 'escrow.json'),
    transfers: join(root, 'chain', 'transfers.json'),
    objects: join(root, 'objects'),
    corpusWork: join(root, 'corpus'),
    corpusCopy: join(root, 'corpus-copy'),
    sample: join(root, 'sample'),
    activity: join(root, 'irc-activity.json'),
    roster: join(root, 'irc-roster.json'),
    obeyed: join(root, 'obeyed.json'),
    operatorKey: join(root, 'operator-key'),
    treasury: join(root, 'treasury.json'),
    pace: join(root, 'pace.json'),
    log: join(root, 'swarm.log'),
    agent: (name) => join(root, 'agents', name),
  };
}

/**
 * Opens a state folder, creating it when absent. Removes other users' access to it, unless it is another user's folder.
 * @param say called with a line for each change.
 * @throws SwarmError `swarm/foreign-folder` for a folder of something else, `swarm/state-version` for one of another
 * version, `swarm/foreign-owner` for another user's, `swarm/bad-state-folder`, `swarm/unwritable`.
 */
export async function openStateFolder(dir: string, nowIso: string, say: (line: string) => void): Promise<StateFolder> {
  const folder = stateFolderAt(dir);
  if (await checkStateFolder(folder)) {
    await requireOwn(folder);
    await closeToOthers(folder, say);
    return folder;
  }
  const text = JSON.stringify(
    { apiVersion: 'karmakadabra/v1', kind: 'State', version: STATE_VERSION, createdAt: nowIso },
    null,
    2,
  );
  await explainWriteErrors(folder.dir, '--state', async () => {
    await mkdir(folder.dir, { recursive: true, mode: 0o700 });
    await writeDurably(join(folder.dir, MARK), `${text}\n`);
  });
  return folder;
}

/**
 * Finds an existing state folder.
 * @throws SwarmError `swarm/no-state` when there is none, and those of {@link openStateFolder}.
 */
export async function findStateFolder(dir: string): Promise<StateFolder> {
  const folder = stateFolderAt(dir);
  if (await checkStateFolder(folder)) return folder;
  throw new SwarmError({
    code: 'swarm/no-state',
    disposition: 'stop',
    message: `There is no swarm's state in ${folder.dir}`,
    next: 'Name its folder with --state, or start a swarm with npm start.',
  });
}

/**
 * Locks a state folder for this process, removes what a kill left incomplete, and returns the function that releases it.
 * @throws what {@link takeOwnership} throws.
 */
export async function claimStateFolder({ dir, chain, lock }: StateFolder): Promise<() => Promise<void>> {
  const giveBack = await takeOwnership(lock);
  for (const folder of [dir, chain]) await removeDrafts(folder);
  return giveBack;
}

/** Whether a folder is a state folder of this version; false when it is empty or absent. */
export async function checkStateFolder(folder: StateFolder): Promise<boolean> {
  const names = await readdir(folder.dir).catch((cause: NodeJS.ErrnoException): string[] | Promise<never> => {
    if (cause.code === 'ENOENT') return [];
    return refuse(folder, folder.dir, cause);
  });
  // The root of a mounted disk contains this.
  if (names.every((name) => name === 'lost+found')) return false;
  if (!names.includes(MARK)) {
    throw new SwarmError({
      code: 'swarm/foreign-folder',
      disposition: 'stop',
      message: `${folder.dir} holds other files and no swarm's state`,
      next: 'Name a new or empty folder with --state.',
    });
  }
  const file = join(folder.dir, MARK);
  const text = await readRegularFile(file, MAX_MARK_BYTES).catch((cause: unknown) => refuse(folder, file, cause));
  const parsed = mark.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new SwarmError({
      code: 'swarm/state-version',
      disposition: 'stop',
      message: `${file} can't be read: it doesn't state the version of the swarm's state`,
      next: 'Restore it from a copy, or use another folder with --state. Nothing was changed.',
    });
  }
  if (parsed.data.version === STATE_VERSION) return true;
  throw new SwarmError({
    code: 'swarm/state-version',
    disposition: 'stop',
    message: `${folder.dir} is the state of version ${parsed.data.version}; this program reads version ${STATE_VERSION}`,
    next: 'Use another folder with --state, run the version that made it, or remove it with swarm-ops reset.',
  });
}

/** Checks that the files in the folder belong to this user and can be written. */
async function requireOwn(folder: StateFolder): Promise<void> {
  const place = { root: folder.dir, option: '--state' };
  for (const path of [join(folder.dir, MARK), folder.remote, folder.vault, folder.spool, folder.secrets, folder.run]) {
    const foreign = await ownerError({ ...place, path });
    if (foreign !== undefined) throw foreign;
  }
  await access(folder.dir, constants.R_OK | constants.W_OK | constants.X_OK).catch((cause: unknown) =>
    refuse(folder, folder.dir, cause),
  );
}

/** Removes other users' access to a folder that an earlier version or a person left open. */
async function closeToOthers({ dir }: StateFolder, say: (line: string) => void): Promise<void> {
  const { mode, uid } = await stat(dir);
  if ((mode & 0o077) === 0 || uid !== (process.geteuid?.() ?? uid) || process.platform === 'win32') return;
  await chmod(dir, mode & 0o700);
  const rights = (mode & 0o777).toString(8);
  say(`${dir} was open to other users (mode ${rights}) and holds keys: it is closed to them now (mode 700)`);
}

async function refuse({ dir }: StateFolder, path: string, cause: unknown): Promise<never> {
  throw (await pathError({ path, root: dir, option: '--state' }, cause)) ?? cause;
}

/** Whether a folder holds a swarm's state, of whatever version. */
export async function isStateFolder(folder: StateFolder): Promise<boolean> {
  const text = await readRegularFile(join(folder.dir, MARK), MAX_MARK_BYTES).catch(() => undefined);
  if (text === undefined) return false;
  const parsed = z.object({ kind: z.literal('State') }).safeParse(parseJson(text));
  return parsed.success;
}
