import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isKeptOfRepository, objectFiles, readRefs } from '../backup/git-files.ts';
import { fileIn, fileOfBytes, filesBelow, pathsBelow, readNow } from '../backup/source-files.ts';
import type { SourceFile } from '../backup/write-archive.ts';
import { SwarmError } from '../core/errors.ts';
import { holderOf, processStart } from '../files/owner-lock.ts';
import { readWrittenState } from '../local/evm/written-state.ts';
import { checkBareRemote, initBareRemote } from '../vault/bare-remote.ts';
import { openClone } from '../vault/clone.ts';
import { createGit } from '../vault/git.ts';
import { readRunFile } from './run-file.ts';
import { checkStateFolder, type StateFolder, stateFolderAt } from './state-folder.ts';

const REMOTE = 'vault.git';
/** What a person has typed in the opened folder or set there, and no commit holds. */
const TYPED = 'typed';

/** Single files, and the folders of which each file is kept. Caches, locks and half-made work aren't. */
const FILES =
  /^(?:state\.json|run\.json|secrets\.json|operator-key(?:\.pub)?|obeyed\.json|treasury\.json|irc-activity\.json|irc-roster\.json|swarm\.log|chain\/deployment\.json|chain\/state\.json(?:\.good(?:-1)?)?|spool\/(?:landed\.jsonl|\d{12}-[^/]+\.json|rejected\/[^/]+\.json))$/;
const FOLDERS = ['objects', 'agents', 'corpus', 'corpus-copy', 'sample'];
/** Made again at each start, or removed by it. */
const REMADE = /^agents\/[^/]+\/(?:work|validation|incoming|partial)\/|^objects\/[^/]+\/incoming\/|\.tmp$/;
/** Programs that Obsidian would run, and what says where its windows were. */
const UNKEPT_SETTINGS = /^\.obsidian\/(?:plugins|themes|snippets|cache)(?:\/|$)|^\.obsidian\/workspace[^/]*\.json$/i;

/** Whether a path belongs in the backup of a state folder. */
export function isKeptOfState(path: string): boolean {
  if (FILES.test(path)) return true;
  const [top = '', ...rest] = path.split('/');
  const within = rest.join('/');
  if (top === REMOTE) return isKeptOfRepository(within);
  if (top === TYPED) return isKeptTyped(within);
  return FOLDERS.includes(top) && rest.length > 0 && !REMADE.test(path);
}

function isKeptTyped(path: string): boolean {
  return !UNKEPT_SETTINGS.test(path) && !path.split('/').some((name) => name.toLowerCase() === '.git');
}

/**
 * Gives the files of a state folder so that they are of one moment, also while its swarm runs: each later file is no older than
 * those before it, and a crash at any moment is something that the next start goes on from.
 *
 * 1. Writes that are not pushed, then where the vault's refs are: a write is in one of them, and found again if in both.
 * 2. The chain, at a block no older than that: what the vault calls paid for is paid for on it.
 * 3. What is only added to: git's objects, then the goods and sealed packages that notes name.
 *
 * @throws SwarmError `backup/changed`, `local/chain-not-written`.
 */
export async function* stateFiles(
  folder: StateFolder,
  isLive: boolean,
  signal: AbortSignal,
): AsyncGenerator<SourceFile> {
  const { dir } = folder;
  const waiting: SourceFile[] = [];
  for (const path of (await pathsBelow(dir, 'spool')).filter(isKeptOfState)) {
    const file = await readNow(dir, path);
    if (file !== undefined) waiting.push(file);
  }
  const refs = await readRefs(dir, REMOTE);
  if (isLive) yield* liveChain(folder, signal);
  else yield* filesBelow(dir, 'chain', (path) => isKeptOfState(path));
  yield* waiting;
  yield* refs;
  yield* objectFiles(dir, REMOTE);
  yield* typedFiles(folder, isLive);
  for (const name of FOLDERS) yield* filesBelow(dir, name, isKeptOfState);
  for (const name of [
    'secrets.json',
    'operator-key',
    'operator-key.pub',
    'obeyed.json',
    'treasury.json',
    'irc-activity.json',
  ]) {
    yield* fileIn(dir, name);
  }
  for (const name of ['irc-roster.json', 'run.json', 'swarm.log', 'state.json']) yield* fileIn(dir, name);
  if (!isLive && (await isStateLive(folder))) {
    throw new SwarmError({
      code: 'backup/changed',
      disposition: 'retry',
      message: `A swarm was started in ${dir} while it was backed up`,
      next: 'Run it again: a running swarm can be backed up, too.',
    });
  }
}

async function* liveChain(folder: StateFolder, signal: AbortSignal): AsyncGenerator<SourceFile> {
  const rpc = (await readRunFile(folder))?.run.rpc;
  if (rpc === undefined) return;
  const state = await readWrittenState(join(folder.chain, 'state.json'), rpc, signal);
  if (state !== undefined) yield fileOfBytes('chain/state.json', state, Date.now());
  yield* fileIn(folder.dir, 'chain/deployment.json');
}

/**
 * What of the opened folder is in no commit: Obsidian's settings, and, where no swarm runs that puts it into the spool, what a
 * person typed. The rest is made again from the remote.
 */
async function* typedFiles(folder: StateFolder, isLive: boolean): AsyncGenerator<SourceFile> {
  const git = createGit(folder.vault);
  const ask = (...args: readonly string[]): Promise<readonly string[]> =>
    git.run(['--no-optional-locks', ...args]).then(
      (text) => text.split('\0').filter((path) => path !== ''),
      // Not cloned yet, or a container's clone, which has no files.
      () => [],
    );
  const paths = new Set(await ask('ls-files', '--others', '-z', '--', '.obsidian'));
  if (!isLive && (await hasFiles(git.run))) {
    for (const path of await ask('ls-files', '--modified', '--others', '--exclude-standard', '-z')) paths.add(path);
  }
  for (const path of [...paths].filter(isKeptTyped).sort()) {
    for await (const file of fileIn(folder.vault, path)) yield { ...file, path: `${TYPED}/${path}` };
  }
}

async function hasFiles(run: (args: readonly string[]) => Promise<string>): Promise<boolean> {
  return run(['ls-files', '--', 'Start.md']).then(
    (text) => text !== '',
    () => false,
  );
}

/** Whether a swarm runs in a state folder. */
export async function isStateLive(folder: StateFolder): Promise<boolean> {
  return (await holderOf(folder.lock)) !== undefined;
}

/**
 * Checks that a folder may be replaced by a restored one.
 * @throws SwarmError `backup/running`
 */
export async function requireNoSwarm(lock: string): Promise<void> {
  const holder = await holderOf(lock).catch(() => undefined);
  if (holder !== undefined) throw running(dirname(lock), holder.pid);
}

/**
 * Makes a restored folder complete: the vault's repository is whole, the opened folder is there with what was typed in it, and the
 * swarm that it was taken from is no longer at work on this machine.
 * @throws SwarmError `backup/running`, `local/vault-incomplete`, and those of a state folder.
 */
export async function completeState(draft: string, signal: AbortSignal): Promise<void> {
  const folder = stateFolderAt(draft);
  await checkStateFolder(folder);
  const run = (await readRunFile(folder))?.run;
  if (run !== undefined && (await processStart(run.pid)) === run.startedAt) {
    throw running('what it was taken from', run.pid);
  }
  const typed = await pathsBelow(draft, TYPED);
  if ((await readRefs(draft, REMOTE)).length > 0) {
    await checkBareRemote(folder.remote);
    await openClone(folder.vault, folder.remote, { signal, hasFiles: true });
  } else {
    // A container has its remote in the hub.
    await rm(folder.remote, { recursive: true, force: true });
  }
  for (const path of typed) {
    const target = join(folder.vault, path.slice(TYPED.length + 1));
    await mkdir(dirname(target), { recursive: true });
    await rename(join(draft, path), target);
  }
  await rm(join(draft, TYPED), { recursive: true, force: true });
}

/** Prepares a new folder for the files of a state folder. */
export async function prepareState(draft: string): Promise<void> {
  await initBareRemote(join(draft, REMOTE));
}

function running(where: string, pid: number): SwarmError {
  return new SwarmError({
    code: 'backup/running',
    disposition: 'stop',
    message: `Process ${pid} runs in ${where}`,
    next: 'Stop it first: two that hold the same keys would pay twice. Nothing was changed.',
  });
}
