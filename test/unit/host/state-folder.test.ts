import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { claimStateFolder, findStateFolder, openStateFolder } from '../../../lib/host/state-folder.ts';
import { openSecrets } from '../../../lib/keys/development-secrets.ts';
import { reset } from '../../../scripts/commands/reset.ts';

const NOW = '2026-11-20T19:13:04Z';
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kk-state-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(dir, { recursive: true, force: true });
});

async function contentsOf(folder: string): Promise<readonly (readonly string[])[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]));
}

it('says that a folder stands where the mark should be', async () => {
  await mkdir(join(dir, 'state.json'), { recursive: true });
  await expect(findStateFolder(dir)).rejects.toMatchObject({ code: 'swarm/bad-state-folder' });
});

describe('a folder that is no state of this version', () => {
  const mark = { apiVersion: 'karmakadabra/v1', kind: 'State', version: 1, createdAt: NOW };

  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ['other files', { 'diary.txt': 'Dear diary' }, 'swarm/foreign-folder'],
    ['a state of another version', { 'state.json': JSON.stringify({ ...mark, version: 2 }) }, 'swarm/state-version'],
    ['a mark that is damaged', { 'state.json': '{"kind":"State"', vault: 'x' }, 'swarm/state-version'],
  ])('stays as it is: %s', async (_, files, code) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
    const before = await contentsOf(dir);
    await expect(openStateFolder(dir, NOW, () => undefined)).rejects.toMatchObject({ code, disposition: 'stop' });
    await expect(findStateFolder(dir)).rejects.toMatchObject({ code });
    expect(await contentsOf(dir)).toEqual(before);
  });

  it('is not removed by reset, also when it is told not to ask', async () => {
    await writeFile(join(dir, 'diary.txt'), 'Dear diary');
    await mkdir(join(dir, 'empty'));
    const resets = [dir, join(dir, 'empty'), join(dir, 'none')].map((state) => reset({ state, yes: true }));
    for (const attempt of resets) await expect(attempt).rejects.toMatchObject({ code: 'swarm/no-state' });
    expect((await readdir(dir)).sort()).toEqual(['diary.txt', 'empty']);
  });
});

describe('a state folder', () => {
  it('is for its owner alone, with its secrets, and reset removes it with everything in it', async () => {
    const state = join(dir, 'state');
    const folder = await openStateFolder(state, NOW, () => undefined);
    await openSecrets(folder.secrets);
    expect((await stat(state)).mode & 0o077).toBe(0);
    expect((await stat(folder.secrets)).mode & 0o777).toBe(0o600);
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await reset({ state, yes: true, json: true })).toBe(0);
    expect(JSON.parse(String(said.mock.calls[0]?.[0]))).toEqual({
      apiVersion: 'karmakadabra/v1',
      kind: 'Status',
      items: [{ name: 'swarm', status: 'removed', state }],
    });
    expect(await readdir(dir)).toEqual([]);
  });

  it('is cleared of what a kill left half-written when a process takes it, and of nothing else', async () => {
    const folder = await openStateFolder(join(dir, 'state'), NOW, () => undefined);
    await mkdir(folder.chain);
    const drafts = [
      '.run.json.0b8a2f0e-4a3f-4a5e-9f0e-2b1c3d4e5f60.tmp',
      'chain/.escrow.json.0b8a2f0e-4a3f-4a5e-9f0e-2b1c3d4e5f60.tmp',
    ];
    for (const name of drafts) await writeFile(join(folder.dir, name), 'x');
    await (await claimStateFolder(folder))();
    expect((await readdir(folder.dir, { recursive: true })).sort()).toEqual(['chain', 'state.json']);
  });

  it('keeps its secrets from start to start, and never makes damaged ones anew: money hangs on them', async () => {
    const file = join(dir, 'secrets.json');
    const first = await openSecrets(file);
    expect((await openSecrets(file)).mnemonic).toBe(first.mnemonic);
    const whole = await readFile(file, 'utf8');
    const damaged = whole.slice(0, whole.length / 2);
    await writeFile(file, damaged);
    const opening = openSecrets(file);
    await expect(opening).rejects.toMatchObject({ code: 'swarm/bad-secrets', disposition: 'stop' });
    // Words and not one: 'secret' is a word of mnemonics.
    await expect(opening).rejects.not.toThrow(first.mnemonic.split(' ', 3).join(' '));
    expect(await readFile(file, 'utf8')).toBe(damaged);
  });
});
