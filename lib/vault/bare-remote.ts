import { mkdir, mkdtemp, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { SwarmError } from '../core/errors.ts';
import { GIT_ENVIRONMENT_KEYS, GIT_UNSAFE_FLAGS, gitEmail, gitEnvironment } from '../core/git-environment.ts';
import { PEOPLE } from '../core/ids.ts';
import { repositoryError } from './repository-error.ts';

/** Where to make the vault's remote and what its first commit holds. */
export interface BareRemoteOptions {
  /** The folder of the bare repository. */
  readonly path: string;
  /** The folder whose files are the first commit. */
  readonly seedDir: string;
}

/** Inside a push, git gc would hold up all agents. */
const PACKED_BY_ITS_HOST = { 'gc.auto': '0', 'receive.autoGc': 'false' };

/** A bare repository on this machine that is the vault's remote. */
export interface BareRemote {
  /** What to clone from: the repository's path. */
  readonly url: string;
  /** The head of `main`. */
  readonly head: string;
  /** Whether this call created it. */
  readonly created: boolean;
}

/**
 * Creates the bare repository of the vault on branch `main`, with the seed as its first commit (author people). An
 * existing one keeps what it has. A kill leaves only a temporary folder, which the next call removes.
 * @throws SwarmError `local/not-a-vault-remote` when something else is at the path, `swarm/foreign-owner` when it is another
 * user's, `swarm/bad-state-folder` when it can't be read.
 */
export async function createBareRemote({ path: target, seedDir }: BareRemoteOptions): Promise<BareRemote> {
  const parent = path.dirname(target);
  await mkdir(parent, { recursive: true });
  if (await exists(target)) {
    const head = await headOf(target);
    for (const [key, value] of Object.entries(PACKED_BY_ITS_HOST)) await gitAt(target).raw(['config', key, value]);
    return { url: target, head, created: false };
  }

  const prefix = `.${path.basename(target)}.new-`;
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
  const draft = await mkdtemp(path.join(parent, prefix));
  try {
    await createSeeded(draft, await realpath(seedDir));
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw cause;
  }
  return { url: target, head: await headOf(target), created: true };
}

/** Makes an empty bare repository with the settings of the vault's remote, in a folder that may hold objects and refs already. */
export async function initBareRemote(draft: string): Promise<void> {
  await mkdir(draft, { recursive: true });
  const git = gitAt(draft);
  await git.raw(['init', '--quiet', '--bare', '--initial-branch=main', draft]);
  const settings = {
    'receive.fsckObjects': 'true',
    'receive.denyNonFastForwards': 'true',
    'receive.denyDeletes': 'true',
    ...PACKED_BY_ITS_HOST,
    'core.quotePath': 'false',
  };
  for (const [key, value] of Object.entries(settings)) await git.raw(['config', key, value]);
  await mkdir(path.join(draft, 'info'), { recursive: true });
  await writeFile(path.join(draft, 'info', 'attributes'), '* -text -filter -ident\n');
}

/**
 * Checks that a bare repository has `main` and every object that its refs reach.
 * @throws SwarmError `local/not-a-vault-remote`, `local/vault-incomplete`.
 */
export async function checkBareRemote(target: string): Promise<void> {
  await headOf(target);
  await gitAt(target)
    .raw(['fsck', '--connectivity-only', '--no-dangling', '--no-progress'])
    .catch((cause: unknown) => {
      throw new SwarmError({
        code: 'local/vault-incomplete',
        disposition: 'stop',
        message: 'The vault’s repository lacks objects that its history needs',
        next: 'Use another copy of it.',
        cause,
      });
    });
}

async function createSeeded(draft: string, seedDir: string): Promise<void> {
  await initBareRemote(draft);
  const git = gitAt(draft);
  const identity = ['-c', `user.name=${PEOPLE}`, '-c', `user.email=${gitEmail(PEOPLE)}`, '-c', 'commit.gpgSign=false'];
  const tree = [`--git-dir=${draft}`, `--work-tree=${seedDir}`];
  await git.raw([...tree, '-c', 'core.bare=false', 'add', '--all', '--force', '--', '.']);
  const message = 'Plant the seed of the vault\n\nVault-Seed: 1';
  await git.raw([...identity, ...tree, '-c', 'core.bare=false', 'commit', '--quiet', '--allow-empty', '-m', message]);
  await rm(path.join(draft, 'index'), { force: true });
}

async function headOf(target: string): Promise<string> {
  try {
    return (await gitAt(target).raw(['rev-parse', '--verify', '--quiet', 'refs/heads/main^{commit}'])).trim();
  } catch (cause) {
    const refused = await repositoryError(target);
    if (refused !== undefined) throw refused;
    throw new SwarmError({
      code: 'local/not-a-vault-remote',
      disposition: 'stop',
      message: `${target} exists and is not a git repository with a branch main`,
      next: 'Move it away or choose another state folder.',
      cause,
    });
  }
}

function gitAt(baseDir: string): SimpleGit {
  const git = simpleGit({
    baseDir,
    allowEnvironment: GIT_ENVIRONMENT_KEYS,
    unsafe: GIT_UNSAFE_FLAGS,
    completion: { onClose: true, onExit: false },
  });
  return git.env({ ...gitEnvironment(process.env) });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
