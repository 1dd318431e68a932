import { existsSync } from 'node:fs';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClone } from '../../lib/vault/clone.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { clonePerson, git, makeFolder, makeRemote, pushFiles, writeFiles } from '../support/git.ts';
import { aWrite, openTestVault, put, until } from '../support/vault.ts';

const HIDDEN = 'people/.hidden.md';
const PLUGIN = '.obsidian/plugins/evil/main.js';

let folder = '';
let tree = '';
let remote = '';
let removeFolder: () => Promise<void>;
let vault: Vault | undefined;
let warnings: string[] = [];

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  tree = path.join(folder, 'host', 'vault');
  warnings = [];
});
afterEach(async () => {
  await vault?.close();
  await removeFolder();
});

async function open(): Promise<void> {
  vault = await openTestVault(folder, remote, 'host', { log: (_level, message) => void warnings.push(message) });
}

/** Lands a write and waits until the opened folder shows it: all passes before it have ended. */
async function landAndShow(text: string): Promise<void> {
  const write = aWrite('kk-a', put('agents/kk-a/state.md', text));
  await vault?.write(write);
  await vault?.landed(write.id);
  await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === text);
}

const inTree = (file: string) => readFile(path.join(tree, file), 'utf8').catch(() => undefined);

describe('what a head holds and readers leave out', () => {
  it('is not placed by a fresh clone, is reported, and stays in the vault', async () => {
    remote = await makeRemote(folder, { [HIDDEN]: 'x\n', 'people/a.md': 'a\n', '.gitattributes': '*.md eol=crlf\n' });
    await open();
    expect(await inTree('people/a.md')).toBe('a\n');
    expect(existsSync(path.join(tree, HIDDEN))).toBe(false);
    expect((await vault?.read())?.problems.map(({ path: file }) => file)).toEqual(['.gitattributes', HIDDEN]);
    await landAndShow('one\n');
    await landAndShow('two\n');
    expect(await git(remote, 'ls-tree', '-r', '--name-only', 'main')).toContain(HIDDEN);
    expect(await git(remote, 'log', '--format=%an', 'main')).toBe('kk-a\nkk-a\npeople');
    expect(warnings).toEqual([]);
  });

  it('is no edit where an old copy of it is in the folder, and is not overwritten', async () => {
    remote = await makeRemote(folder, { [HIDDEN]: 'old\n' });
    await open();
    await writeFiles(tree, { [HIDDEN]: 'as it was placed once\n' });
    const person = await clonePerson(folder, remote, 'ana');
    await pushFiles(person, { [HIDDEN]: 'new\n' });
    await landAndShow('one\n');
    await landAndShow('two\n');
    expect(await inTree(HIDDEN)).toBe('as it was placed once\n');
    expect(await git(remote, 'show', `main:${HIDDEN}`)).toBe('new');
  });

  it('stays in the folder when a file becomes such, and is brought up to date when it is none any more', async () => {
    // A link is left out, as is what is over a bound; here a page becomes one and a page again.
    remote = await makeRemote(folder, { 'people/a.md': 'one\n' });
    await open();
    const person = await clonePerson(folder, remote, 'ana');
    await rm(path.join(person, 'people/a.md'));
    await symlink('b.md', path.join(person, 'people/a.md'));
    await pushFiles(person, { 'people/b.md': 'b\n' });
    await until('it shows', async () => (await inTree('people/b.md')) === 'b\n');
    expect(await inTree('people/a.md')).toBe('one\n');
    await landAndShow('one\n');
    await landAndShow('two\n');
    expect(await git(remote, 'ls-tree', 'main', 'people/a.md')).toMatch(/^120000/);
    await rm(path.join(person, 'people/a.md'));
    await pushFiles(person, { 'people/a.md': 'three\n' });
    await until('it shows', async () => (await inTree('people/a.md')) === 'three\n');
    expect(await git(remote, 'ls-tree', '-r', '--name-only', 'main')).not.toContain('.people-');
  });
});

describe('plugins of Obsidian', () => {
  it('that a person installs stay, work and are no edit', async () => {
    remote = await makeRemote(folder);
    await open();
    await writeFiles(tree, {
      '.obsidian/plugins/dataview/main.js': 'mine()\n',
      '.obsidian/themes/Minimal/theme.css': 'a{}\n',
      'people/ana.md': 'typed\n',
    });
    await until(
      'the page landed',
      async () => (await git(remote, 'show', 'main:people/ana.md').catch(() => '')) === 'typed',
    );
    await landAndShow('one\n');
    expect(await git(remote, 'ls-tree', '-r', '--name-only', 'main')).not.toContain('.obsidian');
    expect(await inTree('.obsidian/plugins/dataview/main.js')).toBe('mine()\n');
    expect(warnings).toEqual([]);
  });

  it('that a vault holds are placed neither by a clone nor by what a person does with git in it', async () => {
    remote = await makeRemote(folder, { [PLUGIN]: 'evil()\n', 'people/a.md': 'a\n' });
    const clone = await openClone(tree, remote, { hasFiles: true });
    expect(await inTree('people/a.md')).toBe('a\n');
    expect(existsSync(path.join(tree, PLUGIN))).toBe(false);
    await writeFile(path.join(tree, 'people/a.md'), 'b\n');
    await clone.run(['stash', '--quiet']);
    await clone.run(['checkout', '--quiet', '-b', 'mine']);
    await clone.run(['checkout', '--quiet', 'main']);
    await clone.run(['reset', '--quiet', '--hard']);
    const person = await clonePerson(folder, remote, 'ana');
    await pushFiles(person, { [PLUGIN]: 'worse()\n', '.obsidian/plugins/other/main.js': 'x\n' });
    await clone.run(['pull', '--quiet', '--ff-only', 'origin', 'main']);
    expect(existsSync(path.join(tree, '.obsidian'))).toBe(false);
    expect(await clone.run(['status', '--porcelain'])).toBe('');
  });
});
