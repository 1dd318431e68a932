import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vault } from '../../lib/vault/vault.ts';
import { git, makeFolder, makeRemote } from '../support/git.ts';
import { aWrite, openTestVault, put, until } from '../support/vault.ts';

let folder = '';
let tree = '';
let removeFolder: () => Promise<void>;
let vault: Vault;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  tree = path.join(folder, 'host', 'vault');
  vault = await openTestVault(folder, await makeRemote(folder));
});
afterEach(async () => {
  await vault.close();
  await removeFolder();
});

const inTree = (file: string) => readFile(path.join(tree, file), 'utf8').catch(() => undefined);
const inGit = (name: string) => path.join(tree, '.git', name);
async function land(file: string): Promise<void> {
  const write = aWrite('kk-a', put(file, 'one\n'));
  await vault.write(write);
  await vault.landed(write.id);
}

describe('a person who does something in the opened folder', () => {
  const file = (name: string) => ({
    begin: async () => writeFile(inGit(name), `${await git(tree, 'rev-parse', 'HEAD')}\n`),
    end: () => rm(inGit(name)),
  });
  const folderOf = (name: string) => ({
    begin: () => mkdir(inGit(name)),
    end: () => rm(inGit(name), { recursive: true }),
  });

  it.each([
    ['a merge', file('MERGE_HEAD')],
    ['a cherry-pick', file('CHERRY_PICK_HEAD')],
    ['a revert', file('REVERT_HEAD')],
    ['a rebase', folderOf('rebase-merge')],
    ['an older rebase', folderOf('rebase-apply')],
    ['a git that runs', file('index.lock')],
    [
      'another branch',
      {
        begin: async () => void (await git(tree, 'checkout', '--quiet', '-b', 'mine')),
        end: async () => void (await git(tree, 'checkout', '--quiet', 'main')),
      },
    ],
  ])('is left alone until it is over: %s', async (_, { begin, end }) => {
    await begin();
    // One loop brings the folder up to date after each landing: at the second, the first has been looked at.
    await land('agents/kk-a/state.md');
    await land('agents/kk-a/memory.md');
    expect(await inTree('agents/kk-a/state.md')).toBeUndefined();
    await end();
    await until('it shows', async () => (await inTree('agents/kk-a/memory.md')) === 'one\n');
    expect(await inTree('agents/kk-a/state.md')).toBe('one\n');
  });
});
