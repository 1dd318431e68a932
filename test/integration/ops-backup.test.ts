import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStateFolder } from '../../lib/host/state-folder.ts';
import { openSecrets } from '../../lib/keys/development-secrets.ts';
import { makeFolder } from '../support/git.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { swarmOps } from '../support/swarm-ops.ts';

let folder = '';
let removeFolder: () => Promise<void>;
beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
});
afterEach(() => removeFolder());

it('seals a swarm with a passphrase, shows it, refuses what is wrong, and restores it', {
  timeout: 5 * PATIENCE_MS,
}, async () => {
  const [state, file, copy] = ['state', 'swarm.kkb', 'copy'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  const { secrets } = await openStateFolder(state, '2026-11-20T19:13:04Z', () => undefined);
  await openSecrets(secrets);
  const run = (fd3: string, ...args: readonly string[]) => swarmOps(args, { fd3 });
  const made = await run('right\n', 'backup', file, '--state', state, '--passphrase-fd', '3', '--json');
  expect([made.code, made.stderr]).toEqual([0, expect.not.stringContaining('unencrypted')]);
  expect(JSON.parse(made.stdout)).toMatchObject({
    kind: 'Backup',
    items: [{ of: 'state', isEncrypted: true, isLive: false }],
  });
  expect((await readFile(file)).includes('secrets.json')).toBe(false);

  const shown = await run('right\n', 'backup', 'show', file, '--passphrase-fd', '3', '--json');
  expect(shown.stderr).toBe('');
  const { items } = JSON.parse(shown.stdout) as { items: { files: { path: string }[] }[] };
  expect(items[0]?.files.map((one) => one.path).sort()).toEqual(['secrets.json', 'state.json']);

  const refusals: readonly (readonly [string, readonly string[], string])[] = [
    ['wrong\n', ['restore', file, '--state', copy, '--passphrase-fd', '3'], 'backup/not-for-us'],
    ['right\n', ['restore', file, '--hub', copy, '--passphrase-fd', '3'], 'backup/other-kind'],
    ['right\n', ['restore', file, '--state', state, '--passphrase-fd', '3'], 'backup/in-the-way'],
    ['right\n', ['backup', file, '--state', state, '--passphrase-fd', '3'], 'backup/exists'],
    ['right\n', ['backup', path.join(state, 'x'), '--state', state], 'backup/inside'],
  ];
  for (const [secret, args, code] of refusals) {
    const { code: exit, stderr } = await run(secret, ...args);
    expect([exit, stderr]).toEqual([1, expect.stringContaining(code)]);
  }
  expect((await readdir(folder)).sort()).toEqual(['state', 'swarm.kkb']);

  const restored = await run('right\n', 'restore', file, '--state', copy, '--passphrase-fd', '3');
  expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining('npm start')]);
  expect(await readFile(path.join(copy, 'secrets.json'), 'utf8')).toBe(await readFile(secrets, 'utf8'));

  const bytes = await readFile(file);
  bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1;
  await writeFile(file, bytes);
  const changed = await run('right\n', 'restore', file, '--state', path.join(folder, 'third'), '--passphrase-fd', '3');
  expect([changed.code, changed.stderr]).toEqual([1, expect.stringContaining('backup/damaged')]);
});
