import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { gitEmail } from '../core/git-environment.ts';
import { PEOPLE } from '../core/ids.ts';
import { createGit, type Git, type GitOptions, HOST_REMOTE, TRACKING } from './git.ts';
import { readTree } from './git-tree.ts';
import { removeStaleLocks } from './stale-locks.ts';

const SETTINGS: Readonly<Record<string, string>> = {
  'user.name': PEOPLE,
  'user.email': gitEmail(PEOPLE),
  'commit.gpgSign': 'false',
  'core.autocrlf': 'false',
  'core.quotePath': 'false',
  // Symbolic links by strangers are checked out as plain files.
  'core.symlinks': 'false',
  'core.fileMode': 'false',
  'core.untrackedCache': 'true',
  'core.logAllRefUpdates': 'false',
  // Packing is done when the writer is idle (tidy.ts), never inside a command.
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'fetch.fsckObjects': 'true',
  'fastimport.unpackLimit': '200',
  'advice.detachedHead': 'false',
};

/**
 * What git itself never writes into the opened folder, whatever a head holds: code that Obsidian would run. So a person's `git reset
 * --hard`, stash, merge or checkout places none of it either. What a person installs there stays.
 */
const UNPLACED = ['.obsidian/plugins/', '.obsidian/themes/'];

/** What is never a person's edit, also where the vault's own `.gitignore` doesn't say so. */
const IGNORED = [
  '.obsidian/workspace*.json',
  ...['.obsidian/cache', '.trash/', '.DS_Store', 'Thumbs.db', '*.tmp', '*~'],
  ...UNPLACED,
];

const SPARSE_SETTINGS: Readonly<Record<string, string>> = {
  'core.sparseCheckout': 'true',
  'core.sparseCheckoutCone': 'false',
};
/** Cloning and placing print nothing, and take minutes for a large vault. */
const CLONE_MS = 900_000;

/** What kind of clone is made. */
export interface CloneOptions extends GitOptions {
  /** False for a clone that only programs read: nothing is checked out, and only the latest commits are fetched. */
  readonly hasFiles: boolean;
}

/** How many commits a new clone without files fetches. */
const DEPTH = 1000;

/**
 * A clone without files that is larger than this is cloned again: the remote has its history, and the spool has the writes
 * that are not pushed.
 */
const LARGEST_BYTES = 512 * 2 ** 20;

/**
 * Opens the clone of the remote, creating it when absent; removes the stale locks that a kill left and sets git's
 * configuration.
 * @param largestBytes size past which a clone without files is cloned again, if the remote can be reached.
 * @throws SwarmError `vault/remote-unreachable` when there is no clone yet and none can be made, `vault/not-a-clone`
 * when something else is in the folder.
 */
export async function openClone(
  workTree: string,
  remoteUrl: string,
  options: CloneOptions,
  largestBytes = LARGEST_BYTES,
): Promise<Git> {
  if (!(await exists(path.join(workTree, '.git')))) await makeClone(workTree, remoteUrl, options);
  else if (!options.hasFiles && (await sizeOf(createGit(workTree, options))) > largestBytes) {
    // While the remote can't be reached, the large clone is used.
    await makeClone(workTree, remoteUrl, options).catch(() => undefined);
  }
  const git = createGit(path.resolve(workTree), { ...options, remoteUrl, isWorkTree: options.hasFiles });
  await removeStaleLocks(path.join(workTree, '.git'));
  const config = await git.run(['config', '--local', '--list', '-z']);
  const current = new Map(
    config.split('\0').map((line) => [line.split('\n', 1)[0] ?? '', line.slice(line.indexOf('\n') + 1)]),
  );
  const sparse = options.hasFiles ? SPARSE_SETTINGS : {};
  for (const [key, value] of Object.entries({ ...SETTINGS, ...sparse, 'remote.origin.url': remoteUrl })) {
    if (current.get(lowerName(key)) !== value) await git.run(['config', '--local', key, value]);
  }
  await writeInfo(workTree);
  await findTracking(git);
  return git;
}

/** Fetches what tells how far the remote was known, where a person's git removed it with its remote. */
async function findTracking(git: Git): Promise<void> {
  try {
    await git.run(['rev-parse', '--quiet', '--verify', TRACKING]);
  } catch {
    await git.run(['fetch', '--quiet', '--no-tags', HOST_REMOTE, `+refs/heads/main:${TRACKING}`]).catch((cause) => {
      throw unreachable(git.folder, cause);
    });
  }
}

/** Writes the clone's own rules, which are no part of the vault. */
async function writeInfo(workTree: string): Promise<void> {
  const info = path.join(workTree, '.git', 'info');
  await mkdir(info, { recursive: true });
  await writeFile(path.join(info, 'exclude'), `${IGNORED.join('\n')}\n`);
  await writeFile(path.join(info, 'sparse-checkout'), ['/*', ...UNPLACED.map((name) => `!/${name}`), ''].join('\n'));
  // Overrides any .gitattributes in the vault, so that git never converts the bytes of a file.
  await writeFile(path.join(info, 'attributes'), '* -text -eol -filter -ident -working-tree-encoding\n');
}

/** Writes the files of a new clone's head that are in its tree: what readers leave out is not placed. */
async function placeFiles(git: Git): Promise<void> {
  await writeInfo(git.folder);
  for (const [key, value] of Object.entries(SPARSE_SETTINGS)) await git.run(['config', '--local', key, value]);
  const { tree } = await readTree(git, 'HEAD');
  const paths = [...tree.folders.values()]
    .flatMap((files) => [...files.keys()])
    .filter((name) => !UNPLACED.some((start) => name.startsWith(start)));
  const input = Buffer.from(paths.map((name) => `${name}\0`).join(''));
  await git.run(['read-tree', '-m', 'HEAD'], { silenceMs: CLONE_MS });
  await git.run(['checkout-index', '-z', '-q', '-f', '-u', '--stdin'], { input, silenceMs: CLONE_MS });
}

/** Bytes of objects in a clone; 0 when they can't be counted. */
async function sizeOf(git: Git): Promise<number> {
  const counted = await git.run(['count-objects', '-v']).catch(() => '');
  return [...counted.matchAll(/^size(?:-pack)?: (\d+)$/gm)].reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
}

/** Clones the remote and replaces an older clone. */
async function makeClone(workTree: string, remoteUrl: string, options: CloneOptions): Promise<void> {
  const parent = path.dirname(workTree);
  const prefix = `.${path.basename(workTree)}.new-`;
  await mkdir(parent, { recursive: true });
  const isClone = await exists(path.join(workTree, '.git'));
  if (!isClone && ((await readdir(workTree).catch(() => [])) as readonly string[]).length > 0) {
    throw new SwarmError({
      code: 'vault/not-a-clone',
      disposition: 'stop',
      message: `${workTree} holds files but is not a clone of the vault`,
      next: 'Move the folder away, or choose another folder for the vault.',
    });
  }
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
  const draft = path.join(parent, `${prefix}${process.pid}`);
  try {
    // One git process instead of a dozen. The fetch.* settings follow later: objects that the remote already has aren't checked.
    const settings = Object.entries(SETTINGS)
      .filter(([key]) => !key.startsWith('fetch.'))
      .flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const depth = options.hasFiles ? [] : [`--depth=${DEPTH}`];
    const bounds = ['--branch', 'main', '--no-tags', '--no-checkout', ...depth];
    await createGit(parent, options).run(['clone', '--quiet', ...bounds, ...settings, '--', remoteUrl, draft], {
      silenceMs: CLONE_MS,
    });
    if (options.hasFiles) await placeFiles(createGit(draft, options));
    if (isClone) await rm(workTree, { recursive: true, force: true });
    await rename(draft, workTree);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw unreachable(workTree, cause);
  }
}

function unreachable(workTree: string, cause: unknown): SwarmError {
  return new SwarmError({
    code: 'vault/remote-unreachable',
    disposition: 'wait',
    message: `The vault's remote could not be read for ${workTree}`,
    next: 'Check that the remote is there and has a branch main, then start again.',
    cause,
  });
}

function lowerName(key: string): string {
  return key.toLowerCase();
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
