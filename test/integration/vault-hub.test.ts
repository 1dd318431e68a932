import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hubRemote } from '../../lib/vault/hub-remote.ts';
import type { Vault, VaultOptions } from '../../lib/vault/vault.ts';
import { git, makeFolder } from '../support/git.ts';
import { anAccount, passwordOf, startTestHub, type TestHub } from '../support/hub.ts';
import { noNgircd } from '../support/irc.ts';
import { append, aWrite, openTestVault, put, QUICK, until } from '../support/vault.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;
const WRITERS = ['kk-a', 'kk-b', 'kk-c', 'kk-d'];
/** The hub is asked for news as seldom as in a fleet of a few seconds' beats. */
const timing = { ...QUICK, fetchIntervalMs: 1000 };

suite(`the vault's writer with the hub${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let hub: TestHub;
  const open: Vault[] = [];

  beforeAll(async () => {
    [folder, removeFolder] = await makeFolder();
    hub = await startTestHub(folder, await Promise.all(WRITERS.map((name) => anAccount(name))));
  });
  afterEach(async () => {
    for (const vault of open.splice(0)) await vault.close();
  });
  afterAll(async () => {
    await hub?.hub.close();
    await removeFolder();
  });

  async function openAs(account: string, name = `${account}-${randomUUID()}`, options: Partial<VaultOptions> = {}) {
    const remote = hubRemote({
      remoteUrl: hub.url,
      account,
      password: passwordOf(account),
      caFile: hub.caFile,
    });
    const vault = await openTestVault(folder, hub.url, name, { ...remote, hasFiles: false, timing, ...options });
    open.push(vault);
    return vault;
  }

  it('lands, reads what others wrote, and keeps no file but git’s', async () => {
    const [a, b] = [await openAs('kk-a', 'a'), await openAs('kk-b')];
    const write = aWrite('kk-a', put('agents/kk-a/state.md', 'alive\n'), append('agents/kk-a/log/l.md', '1\n'));
    await a.write(write);
    const { commit } = await a.landed(write.id);
    expect(await git(hub.repository, 'log', '-1', '--format=%an %ae', commit)).toBe('kk-a kk-a@karmakadabra.invalid');
    await until('b reads it', async () => (await b.read()).text('agents/kk-a/state.md') === 'alive\n');
    expect(await readdir(path.join(folder, 'a', 'vault'))).toEqual(['.git']);
    expect(await a.status()).toMatchObject({ spooled: 0, behind: 0, ahead: 0 });
  });

  it('keeps the password in one file that only its user reads', async () => {
    const vault = await openAs('kk-a', 'secret');
    const write = aWrite('kk-a', put('agents/kk-a/memory.md', 'x\n'));
    await vault.write(write);
    await vault.landed(write.id);
    const basic = Buffer.from(`kk-a:${passwordOf('kk-a')}`).toString('base64');
    const holding: string[] = [];
    for (const file of await readdir(path.join(folder, 'secret'), { recursive: true, withFileTypes: true })) {
      const name = path.join(file.parentPath, file.name);
      if (!file.isFile()) continue;
      const text = await readFile(name, 'latin1');
      if (text.includes(basic) || text.includes(passwordOf('kk-a'))) holding.push(name);
    }
    expect(holding).toEqual([path.join(folder, 'secret', 'spool', 'git-config')]);
    expect((await stat(holding[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('sets aside what the hub refuses, says why, and goes on', async () => {
    // An account may be given to another agent by mistake: its writes can't land, whoever runs it.
    const vault = await openAs('kk-b', 'refused');
    const [bad, good] = [
      aWrite('kk-a', put('agents/kk-a/state.md', 'by kk-b\n')),
      aWrite('kk-b', put('agents/kk-b/state.md', 'by kk-b\n')),
    ];
    await vault.write(bad);
    await vault.write(good);
    await expect(vault.landed(bad.id)).rejects.toMatchObject({
      code: 'vault/declined',
      message: expect.stringContaining('kk-b pushes commits by kk-b'),
    });
    await vault.landed(good.id);
    expect(await git(hub.repository, 'show', 'main:agents/kk-a/state.md')).not.toContain('kk-b');
  });

  it('lands everything once when many write at once and the hub is started again in between', async () => {
    const vaults = await Promise.all(WRITERS.map(async (name) => [name, await openAs(name)] as const));
    const ids: string[] = [];
    const round = async (number: number) => {
      for (const [name, vault] of vaults) {
        const write = aWrite(name, append(`agents/${name}/log/many.md`, `${number}\n`));
        ids.push(write.id);
        await vault.write(write);
      }
    };
    for (let number = 0; number < 5; number++) {
      await round(number);
      if (number === 1) {
        const { gitPort, ircPort } = hub.hub;
        await hub.hub.close();
        await round(number + 100);
        hub = await startTestHub(folder, await Promise.all(WRITERS.map((name) => anAccount(name))), {
          git: gitPort,
          irc: ircPort,
        });
      }
      await Promise.all(
        vaults.map(([, vault]) => until('it beats on', async () => (await vault.status()).spooled < 4)),
      );
    }
    await Promise.all(
      vaults.map(([, vault]) => until('all landed', async () => (await vault.status()).spooled === 0, 90_000)),
    );
    const trailers = await git(hub.repository, 'log', '--format=%(trailers:key=Vault-Write,valueonly)', 'main');
    const landed = trailers.split('\n').filter((line) => ids.includes(line));
    expect(landed.toSorted()).toEqual(ids.toSorted());
    for (const name of WRITERS) {
      expect(await git(hub.repository, 'show', `main:agents/${name}/log/many.md`)).toBe('0\n1\n101\n2\n3\n4');
    }
    await git(hub.repository, 'fsck', '--strict');
  }, 240_000);
});
