import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, gitWith, makeFolder, writeFiles } from '../support/git.ts';
import { anAccount, cloneAs, gitIdentity, startTestHub, type TestHub } from '../support/hub.ts';
import { noNgircd } from '../support/irc.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;

suite(`a push of many refs${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let hub: TestHub;
  let clone = '';

  beforeAll(async () => {
    [folder, removeFolder] = await makeFolder();
    hub = await startTestHub(folder, [await anAccount('kk-a')]);
    clone = await cloneAs(hub, folder, 'kk-a');
  });
  afterAll(async () => {
    await hub?.hub.close();
    await removeFolder();
  });

  it('is refused with the reason, and keeps no place among the pushes that run', async () => {
    const as = gitIdentity(hub, 'kk-a');
    const branches = Array.from({ length: 1000 }, (_, index) => `HEAD:refs/heads/${'b'.repeat(60)}${index}`);
    await expect(gitWith(as, clone, 'push', '--quiet', 'origin', ...branches)).rejects.toThrow(
      /only main may be pushed/,
    );
    await writeFiles(clone, { 'agents/kk-a/page.md': 'honest\n' });
    await git(clone, 'add', '--all');
    await git(clone, 'commit', '--quiet', '-m', 'Write');
    await gitWith(as, clone, 'push', '--quiet', 'origin', 'HEAD:main');
    expect(await git(hub.repository, 'show', 'main:agents/kk-a/page.md')).toBe('honest');
  });
});
