import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { SwarmError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { isoTime } from '../core/time.ts';
import { writeDurably } from '../files/durable.ts';
import { writing } from '../files/writing.ts';

/** The layout of state folders that this version reads and writes. */
const STATE_VERSION = 1;
const MARK = 'state.json';

const mark = z.object({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('State'),
  version: z.number().int(),
  createdAt: isoTime,
});

/** Where everything of one swarm on one machine lies. Each field is a path. */
export interface StateFolder {
  readonly dir: string;
  /** The work tree that a person opens in Obsidian. */
  readonly vault: string;
  /** The bare repository behind it. */
  readonly remote: string;
  readonly spool: string;
  /** What was parsed and checked of the vault; may be removed at any time. */
  readonly index: string;
  readonly secrets: string;
  readonly run: string;
  readonly lock: string;
  readonly chain: string;
  readonly deployment: string;
  /** What was read of the escrow. */
  readonly escrow: string;
  /** What was read of the treasury's transfers. */
  readonly transfers: string;
  readonly objects: string;
  readonly corpusWork: string;
  /** Chat logs that were copied from a bucket. */
  readonly corpusCopy: string;
  readonly sample: string;
  readonly activity: string;
  /** Who was in the channel a moment ago. */
  readonly roster: string;
  /** How the treasury was a moment ago. */
  readonly treasury: string;
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
    treasury: join(root, 'treasury.json'),
    log: join(root, 'swarm.log'),
    agent: (name) => join(root, 'agents', name),
  };
}

/**
 * Opens a state folder, creating it where nothing is.
 * @throws SwarmError `swarm/foreign-folder` for a folder of something else, `swarm/state-version` for one of another
 * version, `swarm/unwritable`.
 */
export async function openStateFolder(dir: string, nowIso: string): Promise<StateFolder> {
  const folder = stateFolderAt(dir);
  if (await checkStateFolder(folder)) return folder;
  const text = JSON.stringify(
    { apiVersion: 'karmakadabra/v1', kind: 'State', version: STATE_VERSION, createdAt: nowIso },
    null,
    2,
  );
  await writing(folder.dir, '--state', async () => {
    await mkdir(folder.dir, { recursive: true, mode: 0o700 });
    await writeDurably(join(folder.dir, MARK), `${text}\n`);
  });
  return folder;
}

/**
 * Finds an existing state folder.
 * @throws SwarmError `swarm/no-state` where there is none, and as {@link openStateFolder}.
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

/** Says whether a folder is a state folder of this version; false where nothing is there yet. */
export async function checkStateFolder(folder: StateFolder): Promise<boolean> {
  const names = await readdir(folder.dir).catch((cause: NodeJS.ErrnoException): string[] => {
    if (cause.code === 'ENOENT') return [];
    throw new SwarmError({
      code: 'swarm/bad-state-folder',
      disposition: 'stop',
      message: `${folder.dir} cannot be used as a state folder: ${cause.code ?? cause.message}`,
      next: 'Name a folder that you may write to with --state.',
      cause,
    });
  });
  // A disk of its own has this at its root.
  if (names.every((name) => name === 'lost+found')) return false;
  if (!names.includes(MARK)) {
    throw new SwarmError({
      code: 'swarm/foreign-folder',
      disposition: 'stop',
      message: `${folder.dir} holds other files and no swarm's state`,
      next: 'Name a new or empty folder with --state.',
    });
  }
  const text = await readFile(join(folder.dir, MARK), 'utf8');
  const parsed = mark.safeParse(parseJson(text));
  if (parsed.success && parsed.data.version === STATE_VERSION) return true;
  const found = parsed.success ? `version ${parsed.data.version}` : 'an unknown version';
  throw new SwarmError({
    code: 'swarm/state-version',
    disposition: 'stop',
    message: `${folder.dir} is the state of ${found}; this program reads version ${STATE_VERSION}`,
    next: 'Use another folder with --state, run the version that made it, or remove it with swarm-ops reset.',
  });
}

/** Whether a folder holds a swarm's state, of whatever version. */
export async function isStateFolder(folder: StateFolder): Promise<boolean> {
  const text = await readFile(join(folder.dir, MARK), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const parsed = z.object({ kind: z.literal('State') }).safeParse(parseJson(text));
  return parsed.success;
}
