import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vault } from '../../lib/vault/vault.ts';
import { clonePerson, git, makeFolder, makeRemote, pushFiles, writeFiles } from '../support/git.ts';
import { aWrite, openTestVault, put, until } from '../support/vault.ts';

let folder = '';
let tree = '';
let remote = '';
let removeFolder: () => Promise<void>;
let vault: Vault;
let said: string[] = [];
const open = () => openTestVault(folder, remote, 'host', { log: (_, message) => void said.push(message) });

beforeEach(async () => {
  said = [];
  [folder, removeFolder] = await makeFolder();
  tree = path.join(folder, 'host', 'vault');
  remote = await makeRemote(folder, {
    'people/sub/a.md': 'a\n',
    'people/sub/b.md': 'b\n',
    'people/c.md': 'c\n',
    'agents/kk-a/memory.md': 'first\n',
  });
  vault = await open();
});
afterEach(async () => {
  await vault.close();
  await removeFolder();
});

const onRemote = (file: string) => git(remote, 'show', `main:${file}`).catch(() => undefined);
const isClean = async () => (await git(tree, 'status', '--porcelain')) === '';
const lands = (file: string, text: string) => until(`${file} landed`, async () => (await onRemote(file)) === text);
const isSaid = (what: RegExp) => until(`${what} is said`, () => said.some((message) => what.test(message)));

/** An agent writes a note, and the files of the folder have followed. */
async function beat(text: string): Promise<void> {
  const write = aWrite('kk-a', put('agents/kk-a/memory.md', text));
  await vault.write(write);
  await vault.landed(write.id);
  await until('the folder followed', async () => {
    const { head, remoteHead } = await vault.status();
    return head === remoteHead;
  });
}

describe('files of the opened folder that became something else', () => {
  it('lands a file where a folder was, and what was typed beside it', async () => {
    await rm(path.join(tree, 'people/sub'), { recursive: true });
    await writeFiles(tree, { 'people/sub': 'typed\n', 'people/c.md': 'c\ntyped\n' });
    await lands('people/c.md', 'c\ntyped');
    await lands('people/sub', 'typed');
    await until('it is clean', isClean);
  });

  it('lands a folder where a file was, and what was typed beside it', async () => {
    await rm(path.join(tree, 'people/c.md'));
    await writeFiles(tree, { 'people/c.md/x.md': 'typed\n', 'people/sub/a.md': 'a\ntyped\n' });
    await lands('people/sub/a.md', 'a\ntyped');
    await lands('people/c.md/x.md', 'typed');
    await until('it is clean', isClean);
  });

  it("lands no folder where an agent's note was, so that the agent goes on", async () => {
    await rm(path.join(tree, 'agents/kk-a/memory.md'));
    await writeFiles(tree, { 'agents/kk-a/memory.md/x.md': 'typed\n', 'people/new.md': 'typed\n' });
    await lands('people/new.md', 'typed');
    await isSaid(/memory\.md\/x\.md" .* in a folder with a note's name/);
    await beat('second\n');
    expect(await onRemote('agents/kk-a/memory.md')).toBe('second');
    expect(await readFile(path.join(tree, 'agents/kk-a/memory.md/x.md'), 'utf8')).toBe('typed\n');
  });

  it('reads and writes nothing behind a link, and says so', async () => {
    const other = path.join(folder, 'other');
    await mkdir(other);
    await writeFile(path.join(other, 'memory.md'), 'of somebody\n');
    await rm(path.join(tree, 'agents/kk-a'), { recursive: true });
    await symlink(other, path.join(tree, 'agents/kk-a'));
    await rm(path.join(tree, 'people/c.md'));
    await symlink('/etc/hostname', path.join(tree, 'people/c.md'));
    await writeFiles(tree, { 'people/new.md': 'typed\n' });
    await lands('people/new.md', 'typed');
    await isSaid(/"agents\/kk-a" .* is a link/);
    await isSaid(/"people\/c\.md" .* is a link/);
    await beat('second\n');
    expect(await onRemote('agents/kk-a/memory.md')).toBe('second');
    expect(await readFile(path.join(other, 'memory.md'), 'utf8')).toBe('of somebody\n');
    expect(await onRemote('people/c.md')).toBe('c');
  });

  it('goes on past a folder that is a link to itself', async () => {
    await rm(path.join(tree, 'people/sub'), { recursive: true });
    await symlink('sub', path.join(tree, 'people/sub'));
    await writeFiles(tree, { 'people/new.md': 'typed\n' });
    await lands('people/new.md', 'typed');
  });
});

describe("a person's git settings in the opened folder", () => {
  it('keep nothing that is typed from landing', async () => {
    await writeFile(path.join(folder, 'ignored'), 'new.md\n');
    await git(tree, 'config', 'core.excludesFile', path.join(folder, 'ignored'));
    await git(tree, 'config', 'core.bare', 'true');
    await git(tree, 'config', 'core.worktree', folder);
    await writeFiles(tree, { 'people/new.md': 'typed\n' });
    await lands('people/new.md', 'typed');
  });

  it('lead the vault to no other remote, and it opens again without theirs', async () => {
    const mirror = path.join(folder, 'mirror.git');
    await git(folder, 'clone', '--quiet', '--bare', remote, mirror);
    await git(tree, 'remote', 'set-url', 'origin', mirror);
    await writeFiles(tree, { 'people/new.md': 'typed\n' });
    await lands('people/new.md', 'typed');
    expect(await git(mirror, 'log', '--format=%s', 'main')).not.toContain('new.md');
    await git(tree, 'remote', 'remove', 'origin');
    await writeFiles(tree, { 'people/more.md': 'typed\n' });
    await lands('people/more.md', 'typed');
    await vault.close();
    await git(tree, 'update-ref', '-d', 'refs/remotes/origin/main');
    vault = await open();
    await writeFiles(tree, { 'people/last.md': 'typed\n' });
    await lands('people/last.md', 'typed');
  });
});

it("removes a lock that a git left, although this host's own gits run in the folder", async () => {
  // What is no page is read by a git that stays.
  const person = await clonePerson(folder, remote, 'ana');
  await pushFiles(person, { 'people/picture.png': 'picture' });
  await until('it shows', () => existsSync(path.join(tree, 'people/picture.png')));
  const lock = path.join(tree, '.git', 'index.lock');
  await until('the lock is free', () =>
    writeFile(lock, '', { flag: 'wx' }).then(
      () => true,
      () => false,
    ),
  );
  const longAgo = Date.now() / 1000 - 60;
  await utimes(lock, longAgo, longAgo);
  await isSaid(/Removed \.git\/index\.lock of the vault folder: no process held it/);
  await beat('second\n');
});
