import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { gitEmail } from '../core/git-environment.ts';
import { PEOPLE } from '../core/ids.ts';
import { createGit, type Git, type GitOptions } from './git.ts';

/** A lock younger than this may belong to a git that still runs, so it is waited for. */
const LOCK_AGE_MS = 1500;

const SETTINGS: Readonly<Record<string, string>> = {
  'user.name': PEOPLE,
  'user.email': gitEmail(PEOPLE),
  'commit.gpgSign': 'false',
  'core.autocrlf': 'false',
  'core.quotePath': 'false',
  // Links by strangers become plain files that point nowhere.
  'core.symlinks': 'false',
  'core.fileMode': 'false',
  'core.untrackedCache': 'true',
  'core.logAllRefUpdates': 'false',
  // Tidying is done when the writer is idle, never inside a command.
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'fetch.fsckObjects': 'true',
  'fastimport.unpackLimit': '200',
  'advice.detachedHead': 'false',
};

const IGNORED = ['.obsidian/workspace*.json', '.trash/', '.DS_Store', 'Thumbs.db', '*.tmp', '*~'];

/** What kind of clone is made. */
export interface CloneOptions extends GitOptions {
  /** False for a clone that only programs read: nothing is checked out, and only the latest commits are fetched. */
  readonly hasFiles: boolean;
}

/** How many commits a clone without files begins with. */
const DEPTH = 1000;

/**
 * A clone without files that has grown past this many bytes is made anew: the remote has its history, and what waits to be
 * written is in the spool.
 */
const LARGEST_BYTES = 512 * 2 ** 20;

/**
 * Makes the work tree a clone of the remote, or takes the clone that is there, cleans what a kill left and sets it up.
 * @param largestBytes past which a clone without files is made anew, where the remote lets it.
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
    // While the remote can't be reached, the large one serves.
    await makeClone(workTree, remoteUrl, options).catch(() => undefined);
  }
  const git = createGit(workTree, options);
  await removeStaleLocks(path.join(workTree, '.git'));
  const config = await git.run(['config', '--local', '--list', '-z']);
  const current = new Map(
    config.split('\0').map((line) => [line.split('\n', 1)[0] ?? '', line.slice(line.indexOf('\n') + 1)]),
  );
  for (const [key, value] of Object.entries({ ...SETTINGS, 'remote.origin.url': remoteUrl })) {
    if (current.get(lowerName(key)) !== value) await git.run(['config', '--local', key, value]);
  }
  const info = path.join(workTree, '.git', 'info');
  await mkdir(info, { recursive: true });
  await writeFile(path.join(info, 'exclude'), `${IGNORED.join('\n')}\n`);
  // Stronger than any .gitattributes in the vault: bytes on disk are the bytes that were committed.
  await writeFile(path.join(info, 'attributes'), '* -text -eol -filter -ident -working-tree-encoding\n');
  return git;
}

/** Bytes of objects in a clone. One that can't be counted is as good as none. */
async function sizeOf(git: Git): Promise<number> {
  const counted = await git.run(['count-objects', '-v']).catch(() => '');
  return [...counted.matchAll(/^size(?:-pack)?: (\d+)$/gm)].reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
}

/** Clones, and puts the clone in the place of an older one. */
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
    // One program instead of a dozen. Fetching is set up afterwards: what a remote has had for long is taken as it is.
    const settings = Object.entries(SETTINGS)
      .filter(([key]) => !key.startsWith('fetch.'))
      .flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const bounds = options.hasFiles ? [] : ['--no-checkout', `--depth=${DEPTH}`];
    await createGit(parent, options).run([
      'clone',
      '--quiet',
      '--branch',
      'main',
      '--no-tags',
      ...bounds,
      ...settings,
      '--',
      remoteUrl,
      draft,
    ]);
    if (isClone) await rm(workTree, { recursive: true, force: true });
    await rename(draft, workTree);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw new SwarmError({
      code: 'vault/remote-unreachable',
      disposition: 'wait',
      message: `The vault could not be cloned into ${workTree}`,
      next: 'Check that the remote is there and has a branch main, then start again.',
      cause,
    });
  }
}

/** Removes `*.lock` files under `.git` that outlived the git that made them. */
async function removeStaleLocks(gitDir: string): Promise<void> {
  for (const folder of ['', 'refs', 'info', 'objects/info', 'worktrees']) {
    const from = path.join(gitDir, folder);
    const names = await readdir(from, { recursive: folder !== '' }).catch(() => [] as string[]);
    for (const name of names) if (name.endsWith('.lock')) await removeStale(path.join(from, name));
  }
}

async function removeStale(file: string): Promise<void> {
  for (;;) {
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => undefined,
    );
    if (age === undefined) return;
    // A time in the future comes from a clock that was set back; nobody holds that lock either.
    if (age >= LOCK_AGE_MS || age < -1000) return rm(file, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
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
