import { execFileSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { joinOperatorKeys, parseOperatorKeys } from '../../lib/core/operator-keys.ts';
import { CONFIG_PATH, NO_REQUIREMENTS } from '../../lib/core/protocol.ts';
import { swarmId } from '../../lib/core/signed-note.ts';
import { projectPath } from '../../lib/files/project.ts';
import { type HostOrders, openHostOrders } from '../../lib/host/host-orders.ts';
import { createEditSigner } from '../../lib/host/machine/sign-edits.ts';
import { openOperatorKey } from '../../lib/host/operator-key.ts';
import { openStateFolder, type StateFolder } from '../../lib/host/state-folder.ts';
import { createBareRemote } from '../../lib/vault/bare-remote.ts';
import { openVault, type TypedEdit, type Vault } from '../../lib/vault/vault.ts';
import { configSet } from '../../scripts/commands/config-set.ts';
import { quarantine } from '../../scripts/commands/quarantine.ts';
import { clonePerson, git, makeFolder, writeFiles } from '../support/git.ts';
import { chainOf } from '../support/snapshot.ts';
import { QUICK, until } from '../support/vault.ts';

const deployment = {
  chainId: 31337,
  escrow: `0x${'e'.repeat(40)}`,
  token: `0x${'a'.repeat(40)}`,
  fromBlock: 0,
} as const;
const SWARM = swarmId(deployment);

interface Machine {
  readonly vault: Vault;
  readonly orders: HostOrders;
  readonly stop: () => Promise<void>;
}

describe('what operators order on one machine', () => {
  let dir = '';
  let removeFolder: () => Promise<void>;
  let folder: StateFolder;
  let machine: Machine | undefined;
  const further: string[] = [];
  const logged: string[] = [];

  beforeEach(async () => {
    [dir, removeFolder] = await makeFolder();
    folder = await openStateFolder(path.join(dir, 'state'), '2026-11-20T00:00:00Z', () => undefined);
    await mkdir(folder.chain, { recursive: true });
    await writeFile(folder.deployment, JSON.stringify(deployment));
    await createBareRemote({ path: folder.remote, seedDir: projectPath('vault') });
    further.length = 0;
    machine = await start();
  });
  afterEach(async () => {
    await machine?.stop();
    await removeFolder();
  });

  /** The parts of a started swarm that obey and sign. */
  async function start(): Promise<Machine> {
    const key = await openOperatorKey(folder.operatorKey);
    let signTyped: (edits: readonly TypedEdit[]) => void = () => undefined;
    const vault = await openVault({
      workTree: folder.vault,
      remoteUrl: folder.remote,
      spoolDir: folder.spool,
      timing: QUICK,
      onTyped: (edits) => signTyped(edits),
    });
    const orders = await openHostOrders({
      vault,
      clone: folder.vault,
      file: folder.obeyed,
      keys: joinOperatorKeys(key.keys, parseOperatorKeys(further.join('\n'))),
      market: { index: { view: async () => chainOf() }, deployment } as never,
      nicks: new Map(),
    });
    const log = (line: string) => void logged.push(line);
    signTyped = createEditSigner({ vault, clone: folder.vault, key, swarm: SWARM, orders, log });
    return { vault: orders.vaultOf(), orders, stop: vault.close };
  }

  const configFile = () => path.join(folder.vault, CONFIG_PATH);
  const obeyed = async () => {
    await machine?.vault.read();
    return machine?.orders.current();
  };
  const obeys = (minVersion: string | undefined) =>
    until(`minVersion ${minVersion} is obeyed`, async () => (await obeyed())?.requirements.minVersion === minVersion);
  const shows = (text: string) =>
    until(`the opened folder shows ${text}`, async () => (await readFile(configFile(), 'utf8')).includes(text));
  const type = async (from: string | RegExp, to: string) =>
    writeFile(configFile(), (await readFile(configFile(), 'utf8')).replace(from, to));

  async function pushUnsigned(): Promise<void> {
    const clone = await clonePerson(dir, folder.remote, 'mallory');
    const page = (await readFile(path.join(clone, CONFIG_PATH), 'utf8')).replace(
      'protocol: 1\n',
      'protocol: 1\nminVersion: 9999.0.0\n',
    );
    await writeFiles(clone, { [CONFIG_PATH]: page });
    await git(clone, 'commit', '--quiet', '--all', '-m', 'Stop them all');
    await git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
    await shows('9999.0.0');
  }

  it('has a key of its own, which only its user may read', async () => {
    expect((await stat(folder.operatorKey)).mode & 0o777).toBe(0o600);
    expect(await readFile(`${folder.operatorKey}.pub`, 'utf8')).toMatch(/^ssh-ed25519 \S+ the operator/);
  });

  it('signs what is typed in the opened folder, and only that: not what another pushed', async () => {
    await pushUnsigned();
    expect((await obeyed())?.requirements).toEqual(NO_REQUIREMENTS);
    expect((await obeyed())?.findings).toMatchObject([{ path: CONFIG_PATH, why: 'unsigned' }]);
    // The person corrects the page's text, and with it saves the other's value: that stays unsigned.
    await type('# Configuration', '# The configuration');
    await until('the edit landed', async () =>
      ((await machine?.vault.read())?.text(CONFIG_PATH) ?? '').includes('# The configuration'),
    );
    await type('protocol: 1\n', 'protocol: 2\n');
    await until('protocol 2 is obeyed', async () => (await obeyed())?.requirements.protocol === 2);
    expect((await obeyed())?.requirements).toEqual({ protocol: 2 });
    await shows('signatures:');
    expect(await readFile(configFile(), 'utf8')).toContain('# The configuration');
    expect((await obeyed())?.findings).toEqual([]);
    await type('protocol: 2\n', 'protocol: 1\nminVersion: 0.1.0\n');
    await obeys('0.1.0');
  });

  it('obeys what swarm-ops says there, while the swarm runs and when it starts again', async () => {
    const options = { state: folder.dir };
    expect(await configSet('minVersion', '0.2.0', options)).toBe(0);
    await obeys('0.2.0');
    expect(await quarantine('kk-bad', { ...options, reason: 'it lies' })).toBe(0);
    await until('the quarantine', async () => (await obeyed())?.quarantined.get('kk-bad')?.reason === 'it lies');
    await machine?.stop();
    machine = undefined;
    await configSet('minVersion', '', options);
    await quarantine('kk-bad', { ...options, release: true });
    machine = await start();
    await obeys(undefined);
    await until('the release', async () => (await obeyed())?.quarantined.size === 0);
    await expect(quarantine('kk-bad', { ...options, confirm: true })).rejects.toMatchObject({
      code: 'orders/bad-quarantine',
    });
    await expect(configSet('minVersion', 'newest', options)).rejects.toMatchObject({ code: 'orders/bad-field' });
  });

  it('obeys what a person signs in a clone with an SSH key, and lets a second one confirm a quarantine', async () => {
    const key = path.join(dir, 'id_anna');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'anna', '-f', key]);
    further.push(await readFile(`${key}.pub`, 'utf8'));
    await machine?.stop();
    machine = await start();
    const vault = await clonePerson(dir, folder.remote, 'anna');
    const options = { state: folder.dir, vault, swarm: SWARM, key };
    await configSet('minVersion', '0.3.0', options);
    await obeys('0.3.0');
    expect((await obeyed())?.requiredBy?.keys.join()).toMatch(/SHA256:\S+ anna/);
    await quarantine('kk-bad', { state: folder.dir });
    await until('the quarantine', async () => (await obeyed())?.quarantined.has('kk-bad') === true);
    expect((await obeyed())?.quarantined.get('kk-bad')?.until).toBeDefined();
    await until('it is pushed', async () =>
      (await git(folder.remote, 'ls-tree', '-r', '--name-only', 'main')).includes('quarantine/kk-bad.md'),
    );
    await quarantine('kk-bad', { ...options, confirm: true });
    await until('it lasts', async () => {
      const one = (await obeyed())?.quarantined.get('kk-bad');
      return one !== undefined && one.until === undefined;
    });
    await expect(quarantine('kk-bad', { ...options, confirm: true })).rejects.toThrow(/signed it already/);
    await expect(configSet('minVersion', '0.4.0', { state: folder.dir, vault, key })).rejects.toMatchObject({
      code: 'orders/bad-option',
    });
  });

  it('drops nothing that another operator required: it asks for the keys, and finds what somebody replaced', async () => {
    const keys = ['anna', 'ben'].map((name) => path.join(dir, `id_${name}`));
    for (const key of keys) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const lines = await Promise.all(keys.map((key) => readFile(`${key}.pub`, 'utf8')));
    const vault = await clonePerson(dir, folder.remote, 'anna');
    const [byAnna, byBen] = keys.map((key) => ({ state: folder.dir, vault, swarm: SWARM, key }));
    if (byAnna === undefined || byBen === undefined) throw new Error('two operators');
    await configSet('minVersion', '0.3.0', byAnna);
    const signed = await git(vault, 'rev-parse', 'HEAD');

    await expect(configSet('protocol', '2', byBen)).rejects.toMatchObject({ code: 'orders/unknown-signer' });
    await writeFiles(vault, { [CONFIG_PATH]: '---\nkind: config\n---\n# Nothing is required\n' });
    await git(vault, 'commit', '--quiet', '--all', '-m', 'Hide it');
    await git(vault, 'push', '--quiet', 'origin', 'HEAD:main');
    await expect(configSet('protocol', '2', byBen)).rejects.toMatchObject({ code: 'orders/unknown-signer' });
    expect(await git(vault, 'log', '--format=%s', `${signed}..HEAD`)).toBe('Hide it');

    vi.stubEnv('KK_OPERATOR_KEYS', lines.join('\n'));
    try {
      await configSet('protocol', '2', byBen);
    } finally {
      vi.unstubAllEnvs();
    }
    const page = await readFile(path.join(vault, CONFIG_PATH), 'utf8');
    expect(page).toContain('minVersion: "0.3.0"');
    expect(page).toContain('protocol: 2');
    // Its own order is newer now, so that nothing of others is in doubt.
    await configSet('protocol', '1', byBen);
    expect(await readFile(path.join(vault, CONFIG_PATH), 'utf8')).toContain('minVersion: "0.3.0"');
    // An agent can be shut out without the others' keys.
    expect(await quarantine('kk-bad', { ...byBen, reason: 'it lies' })).toBe(0);
  });
});
