import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vault } from '../../lib/vault/vault.ts';
import { clonePerson, git, makeFolder, makeRemote, pushFiles, writeFiles } from '../support/git.ts';
import { append, aWrite, openTestVault, put, QUICK, remove, until } from '../support/vault.ts';

let folder = '';
let tree = '';
let remote = '';
let removeFolder: () => Promise<void>;
let vault: Vault;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  tree = path.join(folder, 'host', 'vault');
  remote = await makeRemote(folder, { 'shared/ledger.md': 'nothing yet\n', 'dashboards/Agents.md': 'table\n' });
  vault = await openTestVault(folder, remote);
});
afterEach(async () => {
  await vault.close();
  await removeFolder();
});

async function land(...parameters: Parameters<typeof aWrite>) {
  const write = aWrite(...parameters);
  await vault.write(write);
  return vault.landed(write.id);
}

const inTree = (file: string) => readFile(path.join(tree, file), 'utf8').catch(() => undefined);
const onRemote = (file: string) => git(remote, 'show', `main:${file}`).catch(() => undefined);
const settled = async () => {
  const status = await vault.status();
  return (
    status.spooled === 0 &&
    status.head === status.remoteHead &&
    status.head === (await git(remote, 'rev-parse', 'main'))
  );
};

describe('the folder that people open', () => {
  it('shows what landed, from this host and others, and git finds it clean', async () => {
    await land('kk-a', put('agents/kk-a/state.md', 'one\n'), put('agents/kk-a/offers/x.md', 'x\n'));
    await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === 'one\n');
    await land('kk-a', put('agents/kk-a/state.md', 'two\n'), remove('agents/kk-a/offers/x.md'));
    const person = await clonePerson(folder, remote, 'ana');
    await pushFiles(person, { 'people/ana.md': 'hello\n' });
    await until('it shows', async () => (await inTree('people/ana.md')) === 'hello\n' && (await settled()));
    expect(await inTree('agents/kk-a/state.md')).toBe('two\n');
    expect(existsSync(path.join(tree, 'agents/kk-a/offers'))).toBe(false);
    await until('it is clean', async () => (await git(tree, 'status', '--porcelain')) === '');
    expect(await git(tree, 'rev-parse', 'main')).toBe(await git(remote, 'rev-parse', 'main'));
  });

  it('commits what people write, change and delete in it, as people', async () => {
    await writeFiles(tree, {
      'people/Año nuevo.md': 'hola\n',
      'dashboards/Agents.md': 'better\n',
      'people/pic.png': '\u0000\u00ff',
    });
    await rm(path.join(tree, 'README.md'));
    await until(
      'it landed',
      async () => (await onRemote('people/Año nuevo.md')) === 'hola' && (await onRemote('README.md')) === undefined,
    );
    expect(await onRemote('dashboards/Agents.md')).toBe('better');
    expect(await git(remote, 'log', '-1', '--format=%an', 'main', '--', 'dashboards/Agents.md')).toBe('people');
    await until('it is clean', async () => (await settled()) && (await git(tree, 'status', '--porcelain')) === '');
  });

  it('keeps the settings of windows and hostile names to itself', async () => {
    await writeFiles(tree, {
      '.obsidian/workspace.json': '{}',
      '.obsidian/workspace-mobile.json': '{}',
      '.obsidian/app.json': '{"a":1}',
      'people/.hidden': 'x',
      'people/a:b.md': 'x',
    });
    await symlink('/etc/passwd', path.join(tree, 'people', 'link.md'));
    await until('the rest landed', async () => (await onRemote('.obsidian/app.json')) !== undefined);
    const files = await git(remote, 'ls-tree', '-r', '--name-only', 'main');
    expect(files).not.toMatch(/workspace|hidden|a:b|link/);
  });

  it('joins what a person and an agent append to the same log', async () => {
    const log = 'agents/kk-a/log/l.md';
    await land('kk-a', append(log, 'one\n'));
    await until('it shows', async () => (await inTree(log)) === 'one\n');
    await appendFile(path.join(tree, log), 'a person was here\n');
    for (let beat = 0; beat < 5; beat++) await land('kk-a', append(log, `beat ${beat}\n`));
    await until(
      'both are there',
      async () => (await settled()) && (await onRemote(log))?.includes('a person') === true,
    );
    const lines = ((await onRemote(log)) ?? '').split('\n').sort();
    expect(lines).toEqual(['a person was here', 'beat 0', 'beat 1', 'beat 2', 'beat 3', 'beat 4', 'one']);
    await until('it shows', async () => (await inTree(log))?.trimEnd() === (await onRemote(log)));
  });

  it('never loses a version that a person saved while agents write the same note', async () => {
    const file = 'agents/kk-a/memory.md';
    await land('kk-a', put(file, 'beat 0\n'));
    await until('it shows', async () => (await inTree(file)) !== undefined);
    for (let round = 1; round <= 6; round++) {
      await writeFile(path.join(tree, file), `person ${round}\n`);
      await land('kk-a', put(file, `beat ${round}\n`));
      await until('the edit landed somewhere', async () => {
        const text = await git(remote, 'log', '-p', '--format=', 'main', '--', 'agents/kk-a');
        return text.includes(`+person ${round}`) && settled();
      });
    }
    await land('kk-a', put(file, 'last\n'));
    await until('it shows', async () => (await inTree(file)) === 'last\n');
    const copies = (await readdir(path.join(tree, 'agents/kk-a'))).filter((name) => name.includes('.people-'));
    const texts = await Promise.all(copies.map((name) => inTree(`agents/kk-a/${name}`)));
    expect(texts.sort()).toEqual([1, 2, 3, 4, 5, 6].map((round) => `person ${round}\n`));
  });

  it('takes the commits that a person makes in it', async () => {
    await writeFiles(tree, { 'people/mine.md': 'mine\n' });
    await git(tree, 'add', '--all');
    await git(tree, 'commit', '--quiet', '-m', 'By hand').catch(() => {});
    await until('it landed', async () => (await onRemote('people/mine.md')) === 'mine' && (await settled()));
    await until('it is clean', async () => (await git(tree, 'status', '--porcelain')) === '');
  });

  it('puts back a vault that was deleted by accident', async () => {
    const person = await clonePerson(folder, remote, 'ana');
    await pushFiles(
      person,
      Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`people/${index}.md`, `${index}\n`])),
    );
    await until('it shows', async () => (await inTree('people/79.md')) !== undefined && (await settled()));
    await rm(path.join(tree, 'people'), { recursive: true });
    await until(
      'it is back',
      async () => (await inTree('people/0.md')) === '0\n' && (await inTree('people/79.md')) === '79\n',
    );
    expect(await onRemote('people/42.md')).toBe('42');
  });

  it('takes edits made while the writer was stopped', async () => {
    await vault.close();
    const person = await clonePerson(folder, remote, 'ana');
    await pushFiles(person, { 'people/far.md': 'far\n', 'dashboards/Agents.md': 'changed far away\n' });
    await writeFiles(tree, { 'people/near.md': 'near\n', 'dashboards/Agents.md': 'changed here\n' });
    vault = await openTestVault(folder, remote);
    await until('all is there', async () => (await onRemote('people/near.md')) === 'near' && (await settled()));
    await until('the copy is there', async () =>
      (await git(remote, 'ls-tree', '-r', '--name-only', 'main')).includes('.people-'),
    );
    const copy = (await git(remote, 'ls-tree', '-r', '--name-only', 'main'))
      .split('\n')
      .find((name) => name.includes('.people-'));
    expect(copy).toMatch(/^dashboards\/Agents\.people-[0-9a-f]{8}\.md$/);
    expect(await onRemote(copy ?? '')).toBe('changed here');
    expect(await onRemote('dashboards/Agents.md')).toBe('changed far away');
    await until('it shows', async () => (await inTree('dashboards/Agents.md')) === 'changed far away\n');
  });

  it('takes no half-made update for an edit', async () => {
    await land('kk-a', put('agents/kk-a/state.md', 'one\n'));
    await until('it shows', settled);
    await vault.close();
    // As after a kill in the middle of bringing files up to date: some are new, the branch is old; and the head has moved on since.
    const person = await clonePerson(folder, remote, 'kk-a');
    await pushFiles(person, { 'agents/kk-a/state.md': 'two\n' });
    await pushFiles(person, { 'agents/kk-a/state.md': 'three\n' });
    await writeFiles(tree, { 'agents/kk-a/state.md': 'two\n' });
    await writeFile(path.join(tree, '.git', 'index.lock'), '');
    vault = await openTestVault(folder, remote);
    await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === 'three\n' && (await settled()));
    expect(await git(remote, 'rev-list', '--count', 'main')).toBe('4');
    await until('it is clean', async () => (await git(tree, 'status', '--porcelain')) === '');
  });

  it('leaves a person who is in the middle of a merge alone', async () => {
    await writeFile(path.join(tree, '.git', 'MERGE_HEAD'), `${await git(tree, 'rev-parse', 'HEAD')}\n`);
    await land('kk-a', put('agents/kk-a/state.md', 'one\n'));
    expect(await inTree('agents/kk-a/state.md')).toBeUndefined();
    await rm(path.join(tree, '.git', 'MERGE_HEAD'));
    await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === 'one\n');
  });
});

describe('a note that a person changed elsewhere', () => {
  it('is kept beside the note when its agent writes again, and reported', async () => {
    await land('kk-a', put('agents/kk-a/state.md', 'one\n'));
    const person = await clonePerson(folder, remote, 'ana');
    await pushFiles(person, { 'agents/kk-a/state.md': 'by ana\n' });
    await vault.close();
    vault = await openTestVault(folder, remote, 'host', { timing: { ...QUICK, fetchIntervalMs: 60_000 } });
    const receipt = await land('kk-a', put('agents/kk-a/state.md', 'two\n'));
    const copy = /^agents\/kk-a\/state\.people-[0-9a-f]{8}\.md$/;
    expect(receipt.saved).toEqual([expect.stringMatching(copy)]);
    expect(await onRemote(receipt.saved[0] ?? '')).toBe('by ana');
    expect(await onRemote('agents/kk-a/state.md')).toBe('two');
    expect((await land('kk-a', put('agents/kk-a/state.md', 'three\n'))).saved).toEqual([]);
  });

  it('is kept when its agent deletes it', async () => {
    await land('kk-a', put('agents/kk-a/offers/x.md', 'one\n'));
    const person = await clonePerson(folder, remote, 'ana');
    await pushFiles(person, { 'agents/kk-a/offers/x.md': 'by ana\n' });
    const receipt = await land('kk-a', remove('agents/kk-a/offers/x.md'));
    expect(receipt.saved).toHaveLength(1);
    expect(await onRemote('agents/kk-a/offers/x.md')).toBeUndefined();
  });

  it('is not kept when it was only planted by the seed', async () => {
    expect((await land('kk-coordinator', put('shared/ledger.md', 'rows\n'))).saved).toEqual([]);
  });

  it('is never taken from a link that a stranger pushed', async () => {
    const person = await clonePerson(folder, remote, 'eve');
    await mkdir(path.join(person, 'agents/kk-e'), { recursive: true });
    await symlink('/etc/passwd', path.join(person, 'agents/kk-e/state.md'));
    await pushFiles(person, { 'people/eve.md': 'x\n', 'agents/kk-e/.gitattributes': '* filter=evil\n' });
    await until('it shows', async () => (await inTree('people/eve.md')) === 'x\n');
    expect(await inTree('agents/kk-e/state.md')).toBeUndefined();
    expect((await vault.read()).problems.map(({ path: file }) => file)).toEqual([
      'agents/kk-e/.gitattributes',
      'agents/kk-e/state.md',
    ]);
    await land('kk-a', put('agents/kk-a/state.md', 'one\n'));
    await until('it shows', async () => (await inTree('agents/kk-a/state.md')) === 'one\n' && (await settled()));
  });
});
