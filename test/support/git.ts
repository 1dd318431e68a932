import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gitEmail, gitEnvironment } from '../../lib/core/git-environment.ts';
import { createBareRemote } from '../../lib/vault/bare-remote.ts';

const run = promisify(execFile);

/** Runs git in a folder and gives its output without the last line end. */
export function git(folder: string, ...args: readonly string[]): Promise<string> {
  return gitWith({}, folder, ...args);
}

/** The same with more in its environment. */
export async function gitWith(
  env: Readonly<Record<string, string>>,
  folder: string,
  ...args: readonly string[]
): Promise<string> {
  const { stdout } = await run('git', args, {
    cwd: folder,
    env: { ...gitEnvironment(process.env), ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.replace(/\n$/, '');
}

/** Makes a folder for one test; the second value removes it. */
export async function makeFolder(): Promise<readonly [folder: string, remove: () => Promise<void>]> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'kk-vault-')));
  return [folder, () => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
}

/** Makes a bare remote seeded with files, given by path. */
export async function makeRemote(folder: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const seedDir = path.join(folder, 'seed');
  await writeFiles(seedDir, { 'README.md': '# Vault\n', ...files });
  const { url } = await createBareRemote({ path: path.join(folder, 'remote.git'), seedDir });
  return url;
}

/** Writes files given by path. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

/** Clones a remote as a person called `name`. */
export async function clonePerson(folder: string, remote: string, name: string): Promise<string> {
  const clone = path.join(folder, name);
  await git(folder, 'clone', '--quiet', remote, clone);
  await git(clone, 'config', 'user.name', name);
  await git(clone, 'config', 'user.email', gitEmail(name));
  return clone;
}

/** Commits files in a person's clone and pushes them, rebasing as often as others were quicker. */
export async function pushFiles(
  clone: string,
  files: Readonly<Record<string, string>>,
  message = 'Edit',
): Promise<void> {
  await writeFiles(clone, files);
  await git(clone, 'add', '--all');
  await git(clone, 'commit', '--quiet', '-m', message);
  for (let attempt = 0; ; attempt++) {
    try {
      await git(clone, 'pull', '--quiet', '--rebase', 'origin', 'main');
      return void (await git(clone, 'push', '--quiet', 'origin', 'HEAD:main'));
    } catch (error) {
      if (attempt >= 30) throw error;
    }
  }
}
