import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vault } from '../../lib/vault/vault.ts';
import { git, makeFolder, makeRemote } from '../support/git.ts';
import { type HangingGit, installHangingGit } from '../support/hanging-git.ts';
import { append, aWrite, openTestVault, put, QUICK, until } from '../support/vault.ts';

let folder = '';
let remote = '';
let removeFolder: () => Promise<void>;
let hanging: HangingGit;
let vault: Vault;
let warnings: string[] = [];

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  remote = await makeRemote(folder, { 'agents/kk-a/log/old.md': 'old\n' });
  hanging = await installHangingGit(folder);
  warnings = [];
  vault = await openTestVault(folder, remote, 'host', {
    timing: { ...QUICK, gitSilenceMs: 3_000 },
    log: (level, message) => void (level === 'warn' && warnings.push(message)),
  });
});
afterEach(async () => {
  await vault.close();
  await hanging.remove();
  await removeFolder();
});

const inTree = (file: string) => readFile(path.join(folder, 'host', 'vault', file), 'utf8').catch(() => undefined);

async function land(text: string): Promise<void> {
  const write = aWrite('kk-a', put('agents/kk-a/state.md', text), append('agents/kk-a/log/old.md', text));
  await vault.write(write);
  await vault.landed(write.id);
}

describe('a git process of the writer that hangs', () => {
  it.each(['fast-import', 'push', 'fetch', 'reset', 'status', 'cat-file', 'log', 'diff-tree'])(
    'is ended and told, and what was written lands and shows: %s',
    async (command) => {
      await land('one\n');
      await hanging.hangNext(command);
      if (command === 'diff-tree' || command === 'log') {
        await git(folder, 'clone', '--quiet', remote, 'other');
        const other = path.join(folder, 'other');
        await writeFile(path.join(other, 'people.md'), 'x\n');
        await git(other, 'add', '--all');
        await git(other, '-c', 'user.name=ana', '-c', 'user.email=ana@x', 'commit', '--quiet', '-m', 'x');
        await until('it is pushed', () =>
          git(other, 'pull', '--quiet', '--rebase')
            .then(() => git(other, 'push', '--quiet'))
            .then(
              () => true,
              () => false,
            ),
        );
      }
      await land('two\n');
      await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === 'two\n');
      await until('it has hung', hanging.hasHung);
      await land('three\n');
      await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === 'three\n');
      expect(await git(remote, 'show', 'main:agents/kk-a/log/old.md')).toBe('old\none\ntwo\nthree');
      await until('the error is over', async () => (await vault.status()).lastError === undefined);
    },
  );

  it('is told with what to do', async () => {
    await hanging.hangNext('fast-import');
    await land('one\n');
    expect(
      warnings.filter((line) => line.includes('git fast-import printed nothing for 3 s and was ended')),
    ).toHaveLength(1);
  });
});

describe('a lock that a git of the writer left', () => {
  const lock = (name: string) => path.join(folder, 'host', 'vault', '.git', name);
  const isThere = (file: string) =>
    stat(file).then(
      () => true,
      () => false,
    );

  it.each([
    ['fetch', 'refs/remotes/origin/main.lock'],
    ['fast-import', 'refs/karmakadabra/candidate.lock'],
    ['reset', 'index.lock'],
    ['status', 'index.lock'],
  ])('is removed when %s was killed', async (command, name) => {
    await land('one\n');
    await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === 'one\n');
    await hanging.killNext(command, lock(name));
    await land('two\n');
    await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === 'two\n');
    await until('it was killed', hanging.hasHung);
    await land('three\n');
    await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === 'three\n');
    // The host holds the index's lock itself for a moment after the file shows.
    await until('the lock is gone', async () => !(await isThere(lock(name))));
  });

  it('before is removed when a git can’t go on for it', async () => {
    await land('one\n');
    for (const name of ['refs/remotes/origin/main.lock', 'refs/karmakadabra/candidate.lock']) {
      await writeFile(lock(name), '');
      await utimes(lock(name), new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
    }
    await land('two\n');
    await until('the lock of the fetch is gone', async () => !(await isThere(lock('refs/remotes/origin/main.lock'))));
    expect(await isThere(lock('refs/karmakadabra/candidate.lock'))).toBe(false);
  });
});
