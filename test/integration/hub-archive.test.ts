import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ARCHIVE_FOLDER } from '../../lib/core/archive-period.ts';
import { startHubArchive } from '../../lib/host/archive/hub-archive.ts';
import { openTestMarket } from '../support/evm.ts';
import { git, gitWith, makeFolder } from '../support/git.ts';
import { anAccount, cloneAs, gitIdentity, startTestHub } from '../support/hub.ts';
import { MADE, makeCommits } from '../support/made-commits.ts';
import { until } from '../support/vault.ts';

const [folder, remove] = await makeFolder();
afterAll(remove);

it('moves what is over out of the branch that agents push to, and lets nobody else write its pages', async () => {
  const market = await openTestMarket();
  const hub = await startTestHub(folder, [await anAccount('kk-a'), await anAccount('ana', 'person')]);
  const clone = await cloneAs(hub, folder, 'kk-a');
  const as = gitIdentity(hub, 'kk-a');
  const old = 'agents/kk-a/log/2024-01/2024-01-01-kk-a.md';
  const push = async (file: string, text: string): Promise<string> => {
    await gitWith(as, clone, 'fetch', '--quiet', 'origin');
    await makeCommits(clone, await git(clone, 'rev-parse', 'origin/main'), 'kk-a', [{ [file]: text }]);
    return gitWith(as, clone, 'push', '--quiet', 'origin', `${MADE}:main`).then(
      () => 'landed',
      (error: unknown) => String(error),
    );
  };
  expect(await push(old, '- sold a day\n')).toBe('landed');
  const archive = startHubArchive({
    repository: hub.repository,
    folder: path.join(folder, 'archive'),
    period: 60,
    rpcUrl: market.rpcUrl,
    chain: { KK_CHAIN: market.chainId, KK_ESCROW: market.escrow, KK_TOKEN: market.token },
    log: () => undefined,
  });
  const refs = () => git(hub.repository, 'for-each-ref', '--format=%(refname)', 'refs/archive');
  await until('it is archived', async () => (await refs()) !== '');
  await archive.stop();
  expect(await git(hub.repository, 'show', `${await refs()}:${old}`)).toBe('- sold a day');
  expect(await git(hub.repository, 'ls-tree', '-r', '--name-only', 'main')).not.toContain(old);

  // The agent goes on, and what it sees has the page and not the log.
  expect(await push('agents/kk-a/state.md', 'alive\n')).toBe('landed');
  const pages = (await git(clone, 'ls-tree', '-r', '--name-only', 'origin/main')).split('\n');
  const page = pages.find((file) => file.startsWith(`${ARCHIVE_FOLDER}/`)) ?? '';
  expect(page).not.toBe('');
  expect(pages).not.toContain(old);
  expect(await push(page, 'mine\n')).toContain('pre-receive hook declined');
  await hub.hub.close();
});
