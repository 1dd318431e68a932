import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitEmail } from '../../../lib/core/git-environment.ts';
import type { Account } from '../../../lib/core/hub-accounts.ts';
import { inspectPush } from '../../../lib/hub/inspect-push.ts';
import { createOwnerTotals } from '../../../lib/hub/owner-totals.ts';
import { scopeOf } from '../../../lib/vault/owner-scope.ts';
import { git, gitWith, makeFolder, makeRemote, writeFiles } from '../../support/git.ts';

const ANA: Account = { account: 'ana', nick: 'ana', kind: 'person', passwordHash: '' };

describe('the totals of a head', () => {
  let folder = '';
  let remove: () => Promise<void>;
  let repository = '';
  beforeAll(async () => {
    [folder, remove] = await makeFolder();
    repository = await makeRemote(folder, { 'people/seed.md': '---\na: {b: c}\n---\n', 'knowledge/x.md': 'x\n' });
  });
  afterAll(() => remove());

  it('are after every push what counting the whole tree gives', async () => {
    const work = `${folder}/work`;
    await git(folder, 'clone', '--quiet', repository, work);
    const totals = createOwnerTotals(repository);
    const text = fc.constantFrom(
      '',
      'plain\n',
      '---\na: {b: c}\n---\nbody\n',
      '---\nkind: "x"\n---\n',
      '---\r\nx: y\r\n---\n',
    );
    const name = fc.constantFrom(
      'people/seed.md',
      'people/a.md',
      'people/wishes/b.md',
      'knowledge/x.md',
      'top.md',
      'people/c.txt',
    );
    const commit = fc.dictionary(name, fc.option(text, { nil: undefined }), { minKeys: 1, maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { minLength: 1, maxLength: 3 }), async (commits) => {
        const from = await git(work, 'rev-parse', 'HEAD');
        for (const files of commits) {
          for (const [path, content] of Object.entries(files)) {
            if (content === undefined) await git(work, 'rm', '-q', '--force', '--ignore-unmatch', path);
            else await writeFiles(work, { [path]: content });
          }
          await git(work, 'add', '--all');
          const identity = ['-c', 'user.name=ana', '-c', `user.email=${gitEmail('ana')}`];
          await git(work, ...identity, 'commit', '--quiet', '--allow-empty', '-m', 'Change');
        }
        const to = await git(work, 'rev-parse', 'HEAD');
        // The objects of a push are visible to the hook only, in a folder of their own.
        const quarantine = { GIT_ALTERNATE_OBJECT_DIRECTORIES: `${work}/.git/objects` };
        const update = { from, to, ref: 'refs/heads/main' };
        const verdict = await inspectPush(
          { repository, totals, orders: async () => [] },
          ANA,
          [update],
          quarantine,
          4e9,
        );
        expect(verdict).toMatchObject({ result: 'accepted' });
        await git(repository, 'fetch', '--quiet', work, 'HEAD');
        await git(repository, 'update-ref', 'refs/heads/main', to);

        const kept = await totals.at(to);
        const counter = createOwnerTotals(repository);
        let counted = await counter.at(to);
        for (const scope of kept.scopes.keys()) counted = await counter.withYaml(to, scope);
        for (const [scope, has] of kept.scopes) {
          const whole = counted.scopes.get(scope);
          expect({ ...has, yamlBytes: has.yamlBytes ?? whole?.yamlBytes }, scope).toEqual(whole);
        }
        expect(kept.scopes.size).toBe(counted.scopes.size);
      }),
      { numRuns: 8 },
    );
  });

  it('tell a push what its commits weigh in files of every kind', async () => {
    const work = `${folder}/weigh`;
    await git(folder, 'clone', '--quiet', repository, work);
    const from = await git(work, 'rev-parse', 'HEAD');
    for (const content of ['x'.repeat(100), 'y'.repeat(50)]) {
      await writeFiles(work, { 'people/weigh.md': content, 'people/weigh.txt': content });
      await git(work, 'add', '--all');
      await gitWith(
        {
          GIT_AUTHOR_NAME: 'ana',
          GIT_AUTHOR_EMAIL: gitEmail('ana'),
          GIT_COMMITTER_NAME: 'ana',
          GIT_COMMITTER_EMAIL: 'a@b',
        },
        work,
        ...['commit', '--quiet', '-m', 'Change'],
      );
    }
    const update = { from, to: await git(work, 'rev-parse', 'HEAD'), ref: 'refs/heads/main' };
    const quarantine = { GIT_ALTERNATE_OBJECT_DIRECTORIES: `${work}/.git/objects` };
    const target = { repository, totals: createOwnerTotals(repository), orders: async () => [] };
    expect(await inspectPush(target, ANA, [update], quarantine, 4e9)).toEqual({
      result: 'accepted',
      changedBytes: 300,
    });
  });
});

describe('the scope of a path', () => {
  it('of a saved copy is people’s, so that nobody fills what another may hold', () => {
    expect(scopeOf('agents/kk-a/state.people-01234567.md').owner).toBe('people');
    expect(scopeOf('agents/kk-a/state.md')).toMatchObject({ owner: 'kk-a', folder: 'agents/kk-a' });
    expect(scopeOf('people/wishes/x.md').folder).toBe('people/wishes');
  });
});
