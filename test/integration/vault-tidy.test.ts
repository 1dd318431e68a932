import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit } from '../../lib/vault/git.ts';
import { createTidier } from '../../lib/vault/tidy.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { git, makeFolder, makeRemote } from '../support/git.ts';
import { append, aWrite, openTestVault, put } from '../support/vault.ts';

let folder = '';
let removeFolder: () => Promise<void>;
let vault: Vault;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  vault = await openTestVault(folder, await makeRemote(folder));
});
afterEach(async () => {
  await vault.close();
  await removeFolder();
});

describe('tidying the clone', () => {
  it('packs what is loose, under a vault that goes on reading and writing', async () => {
    const clone = path.join(folder, 'host', 'vault');
    const tidier = await createTidier([createGit(clone)]);
    expect(tidier.isDue(true)).toBe(false);
    for (let push = 0; push < 200; push++) tidier.countPush();
    expect([tidier.isDue(true), tidier.isDue(false)]).toEqual([true, false]);
    for (let round = 0; round < 4; round++) {
      const write = aWrite(
        'kk-a',
        put(`agents/kk-a/n${round}.md`, `${round}\n`),
        append('agents/kk-a/log/l.md', `${round}\n`),
      );
      await vault.write(write);
      await vault.landed(write.id);
      if (round % 2 === 1) await tidier.run();
    }
    expect(tidier.isDue(true)).toBe(false);
    expect(await git(clone, 'count-objects')).toMatch(/^0 objects/);
    await git(clone, 'fsck', '--strict');
    const index = await vault.read();
    expect(index.text('agents/kk-a/n0.md')).toBe('0\n');
    expect(index.text('agents/kk-a/log/l.md')).toBe('0\n1\n2\n3\n');
  });
});
