import { rename } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vault } from '../../lib/vault/vault.ts';
import { clonePerson, git, makeFolder, makeRemote, pushFiles } from '../support/git.ts';
import { append, aWrite, openTestVault, put, remove, until } from '../support/vault.ts';

let folder = '';
let removeFolder: () => Promise<void>;
let vaults: Vault[] = [];

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
});
afterEach(async () => {
  await Promise.all(vaults.map((vault) => vault.close()));
  vaults = [];
  await removeFolder();
});

async function open(...parameters: Parameters<typeof openTestVault>): Promise<Vault> {
  const vault = await openTestVault(...parameters);
  vaults.push(vault);
  return vault;
}

const show = (remote: string, file: string) => git(remote, 'show', `main:${file}`);

describe('the writer', () => {
  it('lands a write as a commit by its author, with its id', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    const write = aWrite('kk-a', put('agents/kk-a/state.md', 'one\n'), append('agents/kk-a/log/l.md', 'x\n'));
    await vault.write(write);
    const receipt = await vault.landed(write.id);
    expect(receipt).toEqual({ id: write.id, commit: await git(remote, 'rev-parse', 'main'), saved: [] });
    expect(
      await git(remote, 'log', '-1', '--format=%an <%ae> %s %(trailers:key=Vault-Write,valueonly,separator=)', 'main'),
    ).toBe(`kk-a <kk-a@karmakadabra.invalid> Beat of kk-a ${write.id}`);
    expect(await show(remote, 'agents/kk-a/state.md')).toBe('one');
    await git(remote, 'fsck', '--strict');
  });

  it('lands what several agents of its host write as one commit by all of them, and keeps edits of people beside it', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    const path = (name: string) => `agents/${name}/state.md`;
    const rest = (text: string) => ({
      ...aWrite('kk-a', put(path('kk-a'), text), put(path('kk-b'), text)),
      coAuthors: ['kk-b'],
    });
    const first = rest('one\n');
    await vault.write(first);
    await vault.landed(first.id);
    expect(
      await git(remote, 'log', '-1', '--format=%an %(trailers:key=Co-authored-by,valueonly,separator=)', 'main'),
    ).toBe('kk-a kk-b <kk-b@karmakadabra.invalid>');
    const second = rest('two\n');
    await vault.write(second);
    expect((await vault.landed(second.id)).saved).toEqual([]);
    await vault.close();
    // Another process knows only what the history says.
    const again = await open(folder, remote);
    const third = aWrite('kk-b', put(path('kk-b'), 'three\n'));
    await again.write(third);
    expect((await again.landed(third.id)).saved).toEqual([]);
    await expect(again.write({ ...rest('x'), coAuthors: ['kk-c'] })).rejects.toMatchObject({ code: 'vault/not-yours' });
  });

  it('loses nothing of 24 agents that write at once while a person pushes', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    const person = await clonePerson(folder, remote, 'ana');
    const agents = Array.from({ length: 24 }, (_, index) => `kk-agent${index}`);
    const edits = (async () => {
      for (let edit = 0; edit < 5; edit++) await pushFiles(person, { [`people/ana-${edit}.md`]: `edit ${edit}\n` });
    })();
    const rounds = 6;
    await Promise.all(
      agents.map(async (name) => {
        for (let beat = 0; beat < rounds; beat++) {
          const write = aWrite(
            name,
            put(`agents/${name}/state.md`, `beat ${beat}\n`),
            append(`agents/${name}/log/l.md`, `beat ${beat}\n`),
          );
          await vault.write(write);
          if (beat % 2 === 1) await vault.landed(write.id);
        }
      }),
    );
    await edits;
    await until('all landed', async () => (await vault.status()).spooled === 0);
    const log = Array.from({ length: rounds }, (_, beat) => `beat ${beat}`).join('\n');
    for (const name of agents) {
      expect(await show(remote, `agents/${name}/log/l.md`)).toBe(log);
      expect(await show(remote, `agents/${name}/state.md`)).toBe(`beat ${rounds - 1}`);
    }
    for (let edit = 0; edit < 5; edit++) expect(await show(remote, `people/ana-${edit}.md`)).toBe(`edit ${edit}`);
    const authors = (await git(remote, 'log', '--format=%an', 'main'))
      .split('\n')
      .filter((name) => name.startsWith('kk-'));
    expect(authors.length).toBe(24 * rounds);
    expect(new Set(authors).size).toBe(24);
  });

  it('lands a write once, however often it is repeated', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    const write = aWrite('kk-a', append('agents/kk-a/log/l.md', 'once\n'));
    await Promise.all([vault.write(write), vault.write(write)]);
    const receipt = await vault.landed(write.id);
    await vault.write(write);
    expect(await vault.landed(write.id)).toEqual(receipt);
    await vault.close();
    const again = await open(folder, remote);
    await again.write(write);
    expect(await again.landed(write.id)).toEqual(receipt);
    expect(await show(remote, 'agents/kk-a/log/l.md')).toBe('once');
  });

  it('makes no commit of what the vault says already', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    const first = aWrite('kk-a', put('agents/kk-a/state.md', 'same\n'));
    await vault.write(first);
    const { commit } = await vault.landed(first.id);
    const second = aWrite('kk-a', put('agents/kk-a/state.md', 'same\n'), remove('agents/kk-a/none.md'));
    await vault.write(second);
    expect((await vault.landed(second.id)).commit).toBe(commit);
    expect(await git(remote, 'rev-list', '--count', 'main')).toBe('2');
  });

  it('refuses writes outside the paths of their author, and malformed ones', async () => {
    const vault = await open(folder, await makeRemote(folder));
    const codeOf = (write: ReturnType<typeof aWrite>) =>
      vault.write(write).catch((error: { code?: string }) => error.code);
    expect(await codeOf(aWrite('kk-a', put('agents/kk-b/state.md', 'x')))).toBe('vault/not-yours');
    expect(await codeOf(aWrite('kk-a', put('agents/kk-a/../kk-b/x.md', 'x')))).toBe('vault/bad-path');
    expect(await codeOf(aWrite('kk-a', put('agents/kk-a/.git/config', 'x')))).toBe('vault/bad-path');
    expect(await codeOf({ ...aWrite('kk-a', put('agents/kk-a/x.md', 'x')), id: 'not-a-uuid' })).toBe('vault/bad-write');
    expect(await codeOf({ ...aWrite('kk-a', put('agents/kk-a/x.md', 'x')), author: 'x <y>' })).toBe('vault/bad-write');
    await expect(vault.landed('c0ffee00-0000-4000-8000-000000000000')).rejects.toMatchObject({
      code: 'vault/unknown-write',
    });
  });

  it('lands a write whatever its message is, and lets no message forge a trailer', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    for (const message of ['a\n\nVault-Write: b', `${'x'.repeat(300)}`, 'half \ud83d', '']) {
      const write = { ...aWrite('kk-a', put('agents/kk-a/x.md', message)), message };
      await vault.write(write);
      const { commit } = await vault.landed(write.id);
      const trailers = await git(remote, 'log', '-1', '--format=%(trailers:key=Vault-Write,valueonly)', commit);
      expect(trailers.trim()).toBe(write.id);
    }
  });

  it('sets aside what clashes with a folder, and lands the rest', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    const [good, bad, after] = [
      aWrite('kk-a', put('agents/kk-a/x/y.md', '1\n')),
      aWrite('kk-a', put('agents/kk-a/x', '2\n')),
      aWrite('kk-a', put('agents/kk-a/z.md', '3\n')),
    ];
    for (const write of [good, bad, after]) await vault.write(write);
    await expect(vault.landed(bad.id)).rejects.toMatchObject({ code: 'vault/path-clash' });
    await vault.landed(after.id);
    expect(await show(remote, 'agents/kk-a/x/y.md')).toBe('1');
    // Whoever asks later hears the same.
    await expect(vault.landed(bad.id)).rejects.toMatchObject({ code: 'vault/path-clash' });
  });

  it('waits for a remote that is away and loses nothing', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    await rename(remote, `${remote}.away`);
    const writes = Array.from({ length: 10 }, (_, index) =>
      aWrite('kk-a', append('agents/kk-a/log/l.md', `${index}\n`)),
    );
    for (const write of writes) await vault.write(write);
    await until('the trouble is reported', async () => (await vault.status()).lastError !== undefined);
    expect((await vault.status()).spooled).toBe(10);
    await rename(`${remote}.away`, remote);
    await Promise.all(writes.map((write) => vault.landed(write.id)));
    expect(await show(remote, 'agents/kk-a/log/l.md')).toBe('0\n1\n2\n3\n4\n5\n6\n7\n8\n9');
    await until('the trouble is forgotten', async () => (await vault.status()).lastError === undefined);
  });

  it('starts without a remote once it has a clone, and not before', async () => {
    const remote = await makeRemote(folder);
    await (await open(folder, remote)).close();
    await rename(remote, `${remote}.away`);
    await expect(open(folder, remote, 'other')).rejects.toMatchObject({ code: 'vault/remote-unreachable' });
    const vault = await open(folder, remote);
    expect((await vault.read()).text('README.md')).toBe('# Vault\n');
  });

  it('is refused to two processes at once and free again after closing', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    await expect(open(folder, remote)).rejects.toMatchObject({ code: 'vault/in-use' });
    await expect(open(folder, remote, 'host', { spoolDir: path.join(folder, 'elsewhere') })).rejects.toMatchObject({
      code: 'vault/in-use',
    });
    await vault.close();
    await open(folder, remote);
  });

  it('tells watchers of heads by anyone, and who waits that it closed', async () => {
    const remote = await makeRemote(folder);
    const vault = await open(folder, remote);
    const other = await open(folder, remote, 'other');
    const seen: string[] = [];
    const stop = other.watch(({ paths }) => void seen.push(...paths));
    const write = aWrite('kk-a', put('agents/kk-a/state.md', '1\n'));
    await vault.write(write);
    await vault.landed(write.id);
    await until('the other host sees it', () => seen.includes('agents/kk-a/state.md'));
    stop();
    await rename(remote, `${remote}.away`);
    const stuck = aWrite('kk-a', put('agents/kk-a/state.md', '2\n'));
    await vault.write(stuck);
    const waiting = expect(vault.landed(stuck.id)).rejects.toMatchObject({ code: 'vault/closed' });
    await vault.close();
    await waiting;
    await rename(`${remote}.away`, remote);
  });

  it('lets two hosts with other agents write without losing either', async () => {
    const remote = await makeRemote(folder);
    const hosts = await Promise.all(['one', 'two', 'three'].map((name) => open(folder, remote, name)));
    await Promise.all(
      hosts.map(async (vault, index) => {
        for (let beat = 0; beat < 10; beat++) {
          const write = aWrite(`kk-${index}`, append(`agents/kk-${index}/log/l.md`, `${beat}\n`));
          await vault.write(write);
          await vault.landed(write.id);
        }
      }),
    );
    for (const index of hosts.keys()) {
      expect(await show(remote, `agents/kk-${index}/log/l.md`)).toBe('0\n1\n2\n3\n4\n5\n6\n7\n8\n9');
    }
  });
});
