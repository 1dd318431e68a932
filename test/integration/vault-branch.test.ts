import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Vault } from '../../lib/vault/vault.ts';
import { git, makeFolder, makeRemote } from '../support/git.ts';
import { append, aWrite, openTestVault, put, remove, until } from '../support/vault.ts';

let folder = '';
let remote = '';
let tree = '';
let removeFolder: () => Promise<void>;
let vault: Vault;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  tree = path.join(folder, 'host', 'vault');
  remote = await makeRemote(folder);
  vault = await openTestVault(folder, remote);
});
afterEach(async () => {
  await vault.close();
  await removeFolder();
});

/** Lands what agents write in a round: notes change, come and go. */
async function land(round: number): Promise<void> {
  const trade = `agents/kk-a/trades/2026-01/${round}.md`;
  const writes = [
    aWrite('kk-a', put('agents/kk-a/state.md', `${round}\n`), put(trade, 'open\n')),
    aWrite('kk-b', append('agents/kk-b/log/l.md', `${round}\n`), put(`agents/kk-b/offers/${round}.md`, 'x\n')),
    ...(round > 1 ? [aWrite('kk-b', remove(`agents/kk-b/offers/${round - 1}.md`))] : []),
  ];
  for (const write of writes) await vault.write(write);
  for (const write of writes) await vault.landed(write.id);
}

/** A git that the host keeps out for a moment is started again, as a person would. */
const personsGit = (...args: readonly string[]) =>
  until(`git ${args.join(' ')}`, () =>
    git(tree, ...args).then(
      () => true,
      () => false,
    ),
  );

it('a branch that is checked out ten times while agents write makes no commit by people, and agents go on landing', async () => {
  await land(0);
  for (let round = 1; round <= 10; round++) {
    await personsGit('checkout', '--quiet', '-b', `x${round}`);
    await land(2 * round);
    await until('it is told', async () => (await vault.status()).folder.standing?.why.includes(`x${round}`) === true);
    await land(2 * round + 1);
    await personsGit('checkout', '--quiet', 'main');
    await land(100 + round);
  }
  await until('the folder follows', async () => {
    const { head, remoteHead, folder: report } = await vault.status();
    return head === remoteHead && report.standing === undefined && (await git(tree, 'status', '--porcelain')) === '';
  });
  // The first commit is the seed's.
  expect(await git(remote, 'log', '--author=people', '--format=%s', 'main', '--skip=1')).toBe('');
  expect(await git(remote, 'rev-list', '--count', '--author=people', 'main')).toBe('1');
});
