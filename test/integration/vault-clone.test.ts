import { rename } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClone } from '../../lib/vault/clone.ts';
import { git, makeFolder, makeRemote } from '../support/git.ts';
import { append, aWrite, openTestVault } from '../support/vault.ts';

let folder = '';
let removeFolder: () => Promise<void>;
beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
});
afterEach(() => removeFolder());

describe('a clone without files that has grown', () => {
  const bare = { hasFiles: false };
  const mark = ['config', '--local', 'test.mark'] as const;

  it('is made anew when it is opened, and one that has not grown is kept', async () => {
    const remote = await makeRemote(folder);
    const clone = path.join(folder, 'clone');
    await openClone(clone, remote, bare);
    await git(clone, ...mark, 'old');
    await openClone(clone, remote, bare);
    expect((await git(clone, ...mark)).trim()).toBe('old');
    await openClone(clone, remote, bare, 1);
    await expect(git(clone, ...mark)).rejects.toThrow();
    await git(clone, 'fsck', '--strict');
    expect((await git(clone, 'rev-parse', 'origin/main')).trim()).toBe(
      (await git(path.join(folder, 'remote.git'), 'rev-parse', 'main')).trim(),
    );
  });

  it('serves on while its remote can’t be reached', async () => {
    const clone = path.join(folder, 'clone');
    await openClone(clone, await makeRemote(folder), bare);
    await git(clone, ...mark, 'old');
    await openClone(clone, `file://${path.join(folder, 'gone.git')}`, bare, 1);
    expect((await git(clone, ...mark)).trim()).toBe('old');
    await git(clone, 'fsck', '--strict');
  });

  it('is not needed for what waits to be written: that lands from the spool', async () => {
    const remote = await makeRemote(folder);
    const open = () => openTestVault(folder, remote, 'host', { hasFiles: false });
    await (await open()).close();
    await rename(path.join(folder, 'remote.git'), path.join(folder, 'away.git'));
    const alone = await open();
    const write = aWrite('kk-a', append('agents/kk-a/log/l.md', 'kept\n'));
    await alone.write(write);
    await alone.close();
    await rename(path.join(folder, 'away.git'), path.join(folder, 'remote.git'));

    await openClone(path.join(folder, 'host', 'vault'), remote, bare, 1);
    const again = await open();
    try {
      await again.landed(write.id);
      expect((await again.read()).text('agents/kk-a/log/l.md')).toBe('kept\n');
      expect(await git(path.join(folder, 'remote.git'), 'show', 'main:agents/kk-a/log/l.md')).toBe('kept');
    } finally {
      await again.close();
    }
  });
});
