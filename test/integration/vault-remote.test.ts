import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBareRemote } from '../../lib/vault/bare-remote.ts';
import { git, makeFolder, makeRemote, writeFiles } from '../support/git.ts';

let folder = '';
let remove: () => Promise<void>;

beforeEach(async () => {
  [folder, remove] = await makeFolder();
});
afterEach(() => remove());

describe('the remote on one machine', () => {
  it('begins with the seed, by people, on main', async () => {
    const remote = await makeRemote(folder, { '.obsidian/app.json': '{}\n', 'a/b.md': 'x\r\n' });
    expect(await git(remote, 'log', '--format=%an %s', 'main')).toBe('people Plant the seed of the vault');
    expect(await git(remote, 'ls-tree', '-r', '--name-only', 'main')).toBe('.obsidian/app.json\nREADME.md\na/b.md');
    expect(await git(remote, 'show', 'main:a/b.md')).toBe('x\r');
    expect(await git(remote, 'rev-parse', '--is-bare-repository')).toBe('true');
    await git(remote, 'fsck', '--strict');
  });

  it('stays as it is when created again', async () => {
    const remote = await makeRemote(folder);
    const seedDir = path.join(folder, 'seed');
    await writeFiles(seedDir, { 'later.md': 'x' });
    const head = await git(remote, 'rev-parse', 'main');
    expect(await createBareRemote({ path: remote, seedDir })).toEqual({ url: remote, head, created: false });
  });

  it('clears what a kill left half-made', async () => {
    await mkdir(path.join(folder, '.remote.git.new-abc123', 'objects'), { recursive: true });
    await makeRemote(folder);
    expect((await readdir(folder)).sort()).toEqual(['remote.git', 'seed']);
  });

  it('refuses a folder that is something else', async () => {
    await mkdir(path.join(folder, 'remote.git'));
    await expect(makeRemote(folder)).rejects.toMatchObject({ code: 'local/not-a-vault-remote' });
  });

  it('takes an empty seed', async () => {
    await mkdir(path.join(folder, 'empty'));
    const { head, created } = await createBareRemote({
      path: path.join(folder, 'r.git'),
      seedDir: path.join(folder, 'empty'),
    });
    expect(created).toBe(true);
    expect(head).toMatch(/^[0-9a-f]{40}$/);
  });
});
