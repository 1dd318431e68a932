import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_REQUIREMENTS, PROTOCOL, refusalOf } from '../../lib/core/protocol.ts';
import { createGit } from '../../lib/vault/git.ts';
import { type GitTree, moveTree, readTree, treeProblems } from '../../lib/vault/git-tree.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { commitFlood, type FloodCommit } from '../support/flood.ts';
import { git, makeFolder, makeRemote } from '../support/git.ts';
import { append, aWrite, openTestVault, put, until } from '../support/vault.ts';

const KIB = 1024;
const BUILD = { version: '0.1.0', commit: '', image: '' };
const HONEST = {
  'agents/kk-a/state.md': 'a\n',
  'agents/kk-a/trades/2026-11/t.md': 'a trade\n',
  'agents/kk-z/state.md': 'z\n',
  'people/wishes/w.md': 'a wish\n',
};

let folder = '';
let remote = '';
let removeFolder: () => Promise<void>;
let vault: Vault | undefined;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  remote = await makeRemote(folder, HONEST);
  vault = undefined;
});
afterEach(async () => {
  await vault?.close();
  await removeFolder();
});

const numbered = (count: number, name: (at: number) => string, content: string): FloodCommit => ({
  files: Array.from({ length: count }, (_, at) => [name(at), content] as const),
});
const page = (at: number) => `agents/kk-evil/p/${String(at).padStart(6, '0')}.md`;
/** 76.5 MiB of pages at 300 paths: over an agent's bound of 64 MiB. */
const PAGES = 'x'.repeat(255 * KIB);
const flooded = numbered(300, page, PAGES);

function flat({ tree, badNames, tallies, foldersLeftOut }: GitTree): unknown {
  return {
    files: [...tree.folders.values()]
      .flatMap((files) => [...files.values()].map((file) => `${file.path} ${file.digest}`))
      .sort(),
    badNames: [...badNames].sort(),
    tallies: [...tallies.values()].sort((a, b) => (a.scope.folder < b.scope.folder ? -1 : 1)),
    foldersLeftOut,
  };
}

const filesOf = ({ tree }: GitTree, prefix: string): number =>
  [...tree.folders.values()].flatMap((files) => [...files.keys()].filter((file) => file.startsWith(prefix))).length;

describe('a scope over its bounds', () => {
  it('is read up to them and reported once, whether a head is read anew or reached step by step', async () => {
    const steps: readonly (readonly [what: string, commit: FloodCommit])[] = [
      ['nearly', numbered(250, page, PAGES)],
      ['over', flooded],
      ['more before those that were kept', numbered(20, (at) => `agents/kk-evil/a/${at}.md`, PAGES)],
      ['smaller ones that fit after those that don’t', numbered(10, (at) => `agents/kk-evil/z/${at}.md`, 'small')],
      ['some gone', { gone: Array.from({ length: 40 }, (_, at) => page(at)) }],
      ['within again', { gone: Array.from({ length: 60 }, (_, at) => page(at + 100)) }],
      ['links', { ...numbered(150, (at) => `agents/kk-evil/links/${at}`, 'x'), mode: '120000' }],
      ['fewer links', { gone: Array.from({ length: 140 }, (_, at) => `agents/kk-evil/links/${at}`) }],
      ['many files', numbered(20_500, (at) => `agents/kk-evil/log/${at % 7}/${at}.txt`, 'x')],
      ['fewer files', { gone: ['agents/kk-evil/log/3'] }],
      ['people’s folder', numbered(5_200, (at) => `people/x/${at}.md`, 'x')],
      ['the rest of people’s', { files: [['README.md', 'changed\n']], gone: ['people/x'] }],
    ];
    const repository = createGit(remote);
    let head = await git(remote, 'rev-parse', 'main');
    let stepwise = await readTree(repository, head);
    const honest = filesOf(stepwise, '');
    const evil: number[] = [];
    for (const [what, commit] of steps) {
      const next = await commitFlood(remote, commit);
      stepwise = await moveTree(repository, stepwise, head, next);
      head = next;
      expect(flat(stepwise), what).toEqual(flat(await readTree(repository, head)));
      evil.push(filesOf(stepwise, 'agents/kk-evil/'));
      const reported = treeProblems(stepwise).filter(({ code }) => code === 'vault/over-bound');
      expect(reported.length, what).toBeLessThanOrEqual(1);
      if (!what.includes('people')) expect(filesOf(stepwise, '') - (evil.at(-1) ?? 0), what).toBe(honest);
    }
    // 257 pages of 255 KiB fit into 64 MiB.
    expect(evil.slice(0, 6)).toEqual([250, 257, 257, 267, 267, 230]);
    expect(evil[8]).toBe(20_000);
  });

  it('names its owner with figures, and takes nothing from others', async () => {
    const before = await readRepository(remote);
    await commitFlood(remote, flooded);
    const seen = await readRepository(remote);
    expect(seen.problems).toEqual([
      {
        path: 'agents/kk-evil',
        code: 'vault/over-bound',
        detail: expect.stringMatching(
          /^43 files are not read: there are 300 files of 74\.7 MiB, .* 64\.0 MiB of pages$/,
        ),
      },
    ]);
    for (const name of Object.keys(HONEST)) expect(seen.text(name)).toBe(before.text(name));
  });

  it('does not trade: it would know only a part of its own trades', async () => {
    await commitFlood(remote, flooded);
    const seen = await readRepository(remote);
    expect(refusalOf(seen, 'kk-evil', BUILD, NO_REQUIREMENTS)?.reason).toMatch(
      /read only in part: agents\/kk-evil: 43 files/,
    );
    expect(refusalOf(seen, 'kk-a', BUILD, NO_REQUIREMENTS)).toBeUndefined();
    expect(PROTOCOL).toBe(1);
  });

  it('gets its files back when it shrinks, in an open vault, and its writer loses nothing meanwhile', async () => {
    await commitFlood(remote, { ...flooded, files: [...(flooded.files ?? []), ['agents/kk-evil/log/l.txt', 'one\n']] });
    vault = await openTestVault(folder, remote, 'host', { hasFiles: false });
    expect((await vault.read()).problems.map(({ path: at }) => at)).toEqual(['agents/kk-evil']);
    const last = page(299);
    expect((await vault.read()).text(last)).toBeUndefined();
    const write = aWrite('kk-evil', append(last, 'the end\n'), put('agents/kk-evil/state.md', 'mine\n'));
    await vault.write(write);
    await vault.landed(write.id);
    expect((await git(remote, 'cat-file', '-s', `main:${last}`)).trim()).toBe(String(PAGES.length + 1 + 8));
    await commitFlood(remote, { gone: Array.from({ length: 100 }, (_, at) => page(at)) });
    await until('it is whole again', async () => (await vault?.read())?.problems.length === 0);
    expect((await vault.read()).text(last)).toBe(`${PAGES}\nthe end\n`);
  });
});

describe('folders of agents', () => {
  it('are read up to a bound on their number, and one that isn’t read is no reason to trade', async () => {
    await commitFlood(
      remote,
      numbered(2_100, (at) => `agents/kk-m${String(at).padStart(4, '0')}/state.md`, 'x\n'),
    );
    const repository = createGit(remote);
    const head = await git(remote, 'rev-parse', 'main');
    const found = await readTree(repository, head);
    expect(filesOf(found, 'agents/')).toBe(2_001);
    expect(treeProblems(found)).toEqual([
      { path: 'agents', code: 'vault/over-bound', detail: '102 agents’ folders over 2000 are not read' },
    ]);
    const next = await commitFlood(remote, {
      gone: Array.from({ length: 200 }, (_, at) => `agents/kk-m${String(at).padStart(4, '0')}`),
    });
    expect(flat(await moveTree(repository, found, head, next))).toEqual(flat(await readTree(repository, next)));
    const seen = await readRepository(path.resolve(remote), { ref: head });
    expect(refusalOf(seen, 'kk-z', BUILD, NO_REQUIREMENTS)?.reason).toMatch(
      /^its own notes are read only in part: agents: 102/,
    );
    expect(refusalOf(seen, 'kk-a', BUILD, NO_REQUIREMENTS)).toBeUndefined();
  });
});

describe('notes that can’t be read', () => {
  it('are told by name up to some of each code, and counted from there on', async () => {
    await commitFlood(
      remote,
      numbered(500, (at) => `agents/kk-evil/bad/${String(at).padStart(3, '0')}\\.md`, 'x'),
    );
    const { problems } = await readRepository(remote);
    expect(problems.map(({ detail }) => detail)).toEqual([
      "and 400 more links and names that the vault doesn't take",
      "and 90 more that can't be read",
      ...Array.from({ length: 10 }, () => 'not a plain file with a safe name'),
    ]);
  });
});
