import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, gitWith, makeFolder, writeFiles } from '../support/git.ts';
import { anAccount, cloneAs, gitIdentity, startTestHub, type TestHub } from '../support/hub.ts';
import { noNgircd } from '../support/irc.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;

suite(`git through the hub${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let hub: TestHub;
  let clone = '';

  beforeAll(async () => {
    [folder, removeFolder] = await makeFolder();
    hub = await startTestHub(folder, [
      await anAccount('kk-a'),
      await anAccount('kk-b'),
      await anAccount('kk-coordinator'),
      await anAccount('kk-treasury', 'treasury'),
      await anAccount('kk-ops', 'ops'),
      await anAccount('ana', 'person'),
    ]);
    clone = await cloneAs(hub, folder, 'kk-a');
  });
  afterAll(async () => {
    await hub?.hub.close();
    await removeFolder();
  });

  /** Pushes what is committed in the clone and gives what git says; the clone is set back to the hub's main after. */
  async function push(account: string, ...args: readonly string[]): Promise<string> {
    const as = gitIdentity(hub, account);
    try {
      await gitWith(as, clone, 'push', ...(args.length === 0 ? ['origin', 'HEAD:main'] : args));
      return 'landed';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      await gitWith(as, clone, 'fetch', '--quiet', 'origin');
      await git(clone, 'reset', '--quiet', '--hard', 'origin/main');
      await git(clone, 'clean', '-qfd');
    }
  }

  async function commit(account: string, author = account): Promise<void> {
    await git(clone, 'add', '--all', '--force');
    const identity = ['-c', `user.name=${author}`, '-c', `user.email=${author}@karmakadabra.invalid`];
    await git(clone, ...identity, 'commit', '--quiet', '-m', `Change by ${account}`);
  }

  async function pushFiles(account: string, files: Readonly<Record<string, string>>): Promise<string> {
    await writeFiles(clone, files);
    await commit(account);
    return push(account);
  }

  it.each([
    ['kk-a', 'agents/kk-a/state.md'],
    ['kk-b', 'agents/kk-b/log/2026-01/2026-01-01-kk-b.md'],
    ['kk-coordinator', 'shared/ledger.md'],
    ['kk-coordinator', 'shared/ledger.people-0123abcd.md'],
    ['kk-treasury', 'shared/treasury/2026-01/0xab.md'],
    ['kk-ops', 'shared/alerts.md'],
    ['ana', 'people/ana.md'],
    ['ana', 'dashboards/mine.md'],
    ['ana', '.obsidian/app.json'],
    ['ana', 'shared/keys/ana.md'],
    ['ana', 'people/attachments/Photo.JPG'],
  ])('lets %s write %s', async (account, file) => {
    expect(await pushFiles(account, { [file]: `{"by": "${account}"}\n` })).toBe('landed');
    expect(await git(hub.repository, 'show', `main:${file}`)).toBe(`{"by": "${account}"}`);
  });

  it.each([
    ['kk-a', 'agents/kk-b/state.md', 'belongs to kk-b'],
    ['kk-a', 'shared/ledger.md', 'belongs to kk-coordinator'],
    ['kk-a', 'shared/config.md', 'belongs to people'],
    ['kk-a', 'shared/alerts.md', 'belongs to kk-ops'],
    ['kk-a', 'shared/treasury/2026-01/0x00.md', 'belongs to kk-treasury'],
    ['kk-a', 'agents/kk-a/.gitattributes', 'is not a valid path in the vault'],
    ['kk-a', 'agents/kk-a/a:b.md', 'is not a valid path in the vault'],
    ['kk-a', 'agents/kk-z', 'is a folder, not a file'],
    ['kk-coordinator', 'agents/kk-a/state.md', 'belongs to kk-a'],
    ['kk-ops', 'shared/treasury/x.md', 'belongs to kk-treasury'],
    ['ana', 'agents/kk-a/state.md', 'belongs to kk-a'],
    ['ana', 'shared/tasks.md', 'belongs to kk-coordinator'],
  ])('refuses %s to write %s: it %s', async (account, file, reason) => {
    const head = await git(hub.repository, 'rev-parse', 'main');
    const said = await pushFiles(account, { [file]: `changed by ${account}\n` });
    expect(said).toContain(reason);
    expect(said).toContain('pre-receive hook declined');
    expect(await git(hub.repository, 'rev-parse', 'main')).toBe(head);
  });
});
