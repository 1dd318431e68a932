import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SwarmError } from '../core/errors.ts';
import { gitEmail } from '../core/git-environment.ts';
import { PEOPLE } from '../core/ids.ts';
import { createGit, type Git, type GitOptions } from './git.ts';
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

const IGNORED = ['.obsidian/workspace*.json', '.trash/', '.DS_Store', 'Thumbs.db', '*.tmp', '*~'];

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
  // Overrides any .gitattributes in the vault, so that git never converts the bytes of a file.
  await writeFile(path.join(info, 'attributes'), '* -text -eol -filter -ident -working-tree-encoding\n');
  return git;
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

function lowerName(key: string): string {
  return key.toLowerCase();
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
