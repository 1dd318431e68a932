import type * as childProcess from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type * as yaml from 'yaml';
import { z } from 'zod';
import { noteEnvelope, type ReadableKind } from '../../lib/core/note.ts';
import type { VaultIndex } from '../../lib/core/vault.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { commitFlood } from '../support/flood.ts';
import { makeFolder, makeRemote } from '../support/git.ts';
import { openTestVault, until } from '../support/vault.ts';

const counts = vi.hoisted(() => ({ ofYaml: 0, ofNow: 0 }));
vi.mock('node:child_process', async (original) => {
  const real = await original<typeof childProcess>();
  const spawnSync = ((...args: Parameters<typeof real.spawnSync>) => {
    counts.ofNow += 1;
    return real.spawnSync(...args);
  }) as typeof real.spawnSync;
  return { ...real, spawnSync };
});
vi.mock('yaml', async (original) => {
  const real = await original<typeof yaml>();
  const parseDocument = ((...args: Parameters<typeof real.parseDocument>) => {
    counts.ofYaml += 1;
    return real.parseDocument(...args);
  }) as typeof real.parseDocument;
  return { ...real, parseDocument };
});

const schema = z.looseObject(noteEnvelope.shape);
const kindOf = (kind: string): ReadableKind<z.output<typeof schema>> => ({
  kind,
  version: 1,
  path: /^agents\/([^/]+)\/n\/.+\.md$/,
  schema,
});
const one = kindOf('one');
const kinds = [one, kindOf('other')];

let folder = '';
let remote = '';
let removeFolder: () => Promise<void>;
let vault: Vault | undefined;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  remote = await makeRemote(folder, { 'agents/kk-a/n/hand.md': byHand('kk-a', 'hand', 100) });
  [vault, counts.ofYaml] = [undefined, 0];
});
afterEach(async () => {
  await vault?.close();
  await removeFolder();
});

function byHand(owner: string, id: string, bytes: number): string {
  return `---\nkind: one\nschema: 1\nid: ${id}\nowner: ${owner}\ntext: ${'x'.repeat(bytes)}\n---\n`;
}

const file = (at: number): string => `agents/kk-evil/n/${at % 3}/${String(at).padStart(3, '0')}.md`;
const flood = (from: number, count: number) =>
  Array.from({ length: count }, (_, at): [string, string] => [
    file(from + at),
    byHand('kk-evil', `n${from + at}`, 3_000),
  ]);

const answers = (seen: VaultIndex | undefined) => ({
  notes: kinds.map((kind) => seen?.notes(kind).map(({ path: at }) => at)),
  problems: seen?.problems,
});

it('an owner’s notes in free form are parsed up to a bound, in an order that doesn’t depend on how the reader got there', async () => {
  const index = { folder: path.join(folder, 'index'), code: 'c0de' };
  vault = await openTestVault(folder, remote, 'host', { hasFiles: false, kinds, index });
  expect(answers(await vault.read()).problems).toEqual([]);
  for (const [from, count] of [
    [10, 8],
    [20, 30],
    [0, 10],
  ] as const) {
    const head = await commitFlood(remote, { files: flood(from, count) });
    await until('the flood is read', async () => (await vault?.read())?.head === head);
    const seen = answers(await vault.read());
    expect(seen).toEqual(answers(await readRepository(remote, { kinds })));
    // With what the host stored, too.
    expect(seen).toEqual(answers(await readRepository(remote, { kinds, index })));
    expect(seen.notes[0]?.[0]).toBe('agents/kk-a/n/hand.md');
    expect(seen.problems).toHaveLength(from === 10 ? 0 : 1);
  }
  const full = answers(await vault.read());
  // 32 KiB have room for ten of them.
  expect(full.notes[0]).toHaveLength(11);
  expect(full.problems).toEqual([
    {
      path: 'agents/kk-evil',
      code: 'vault/over-bound',
      detail: expect.stringMatching(
        /^38 of 48 notes with front matter in free form are not parsed: it has \d+ bytes, the bound is 32768$/,
      ),
    },
  ]);
  const head = await commitFlood(remote, { gone: flood(0, 42).map(([at]) => at) });
  await until('it is read', async () => (await vault?.read())?.head === head);
  expect(answers(await vault.read()).problems).toEqual([]);
  expect(answers(await vault.read()).notes[0]).toHaveLength(9);
  await vault.close();
  vault = await openTestVault(folder, remote, 'host', { hasFiles: false, kinds, index });
  expect(answers(await vault.read())).toEqual(answers(await readRepository(remote, { kinds })));
});

it('the same bytes are parsed once, at however many paths and for however many kinds', async () => {
  const text = byHand('kk-evil', 'same', 100);
  await commitFlood(remote, { files: Array.from({ length: 100 }, (_, at) => [file(at), text] as const) });
  const seen = await readRepository(remote, { kinds });
  expect(seen.notes(one, 'kk-evil')).toHaveLength(100);
  expect(counts.ofYaml).toBe(2);
});

it('a kind that was not named when a repository was read starts no process for each of its files', async () => {
  const plain = (id: string): string => `---\nkind: "one"\nschema: 1\nid: "${id}"\nowner: "kk-evil"\n---\n`;
  for (const [text, read] of [
    [plain, 3_000],
    [(id: string) => byHand('kk-evil', id, 1_000), 31],
  ] as const) {
    await commitFlood(remote, { files: Array.from({ length: 3_000 }, (_, at) => [file(at), text(`n${at}`)] as const) });
    const seen = await readRepository(remote, { kinds: [] });
    counts.ofNow = 0;
    expect(seen.notes(one, 'kk-evil')).toHaveLength(read);
    expect(counts.ofNow).toBeLessThan(10);
  }
});
