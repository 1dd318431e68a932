import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Turn } from '../../lib/vault/scheduler.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { clonePerson, git, makeFolder, makeRemote, pushFiles } from '../support/git.ts';
import { append, aWrite, openTestVault, put, until } from '../support/vault.ts';

let folder = '';
let remote = '';
let tree = '';
let removeFolder: () => Promise<void>;
let vault: Vault | undefined;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  remote = await makeRemote(folder);
  tree = path.join(folder, 'host', 'vault');
});
afterEach(async () => {
  await vault?.close();
  await removeFolder();
});

const inTree = (file: string) => readFile(path.join(tree, file), 'utf8').catch(() => undefined);
const aBeat = (text: string) => aWrite('kk-a', append('agents/kk-a/log/l.md', text));

async function hook(script: string): Promise<string> {
  const file = path.join(remote, 'hooks', 'pre-receive');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

describe('the folder that people open', () => {
  it('shows what others pushed while a push of this host hangs at the remote', async () => {
    vault = await openTestVault(folder, remote);
    const gate = path.join(folder, 'gate');
    const person = await clonePerson(folder, remote, 'ana');
    await hook(
      `while read -r _ new _; do git log -1 --format=%an "$new" | grep -q kk-a || continue; : > ${gate}.waits; while [ ! -f ${gate} ]; do sleep 0.1; done; done`,
    );
    const write = aBeat('one\n');
    const first = aWrite('kk-b', put('agents/kk-b/state.md', 'shown\n'));
    await vault.write(first);
    await vault.landed(first.id);
    await writeFile(path.join(tree, 'people.md'), 'typed\n');
    await vault.write(write);
    try {
      await until('the push hangs', async () => (await readFile(`${gate}.waits`).catch(() => undefined)) !== undefined);
      await until('it shows', async () => (await inTree('agents/kk-b/state.md')) === 'shown\n');
      // What a person types meanwhile is in the spool, too.
      await until('it is taken', async () => ((await vault?.status())?.spooled ?? 0) >= 2);
    } finally {
      await writeFile(gate, '');
    }
    await vault.landed(write.id);
    await pushFiles(person, { 'ana.md': 'x\n' });
    await until('all is there', async () => (await git(remote, 'show', 'main:people.md').catch(() => '')) === 'typed');
  });
});

describe('a remote that takes no push', () => {
  it('and can’t lock its branch is told, waited for, and nothing is lost', async () => {
    const warnings: string[] = [];
    vault = await openTestVault(folder, remote, 'host', { log: (_level, message) => void warnings.push(message) });
    const lock = path.join(remote, 'refs', 'heads', 'main.lock');
    await writeFile(lock, '');
    const write = aBeat('one\n');
    await vault.write(write);
    await until('it is told', async () => (await vault?.status())?.lastError?.includes('main.lock') === true);
    expect((await vault.status()).lastError).toContain("can't lock its branch main");
    expect(warnings.some((line) => line.includes('vault/ref-locked'))).toBe(true);
    // The error stays told although the remote answers fetches.
    const person = await clonePerson(folder, remote, 'ana');
    await rm(lock);
    await pushFiles(person, { 'ana.md': 'x\n' });
    await vault.landed(write.id);
    await until('it is over', async () => (await vault?.status())?.lastError === undefined);
  });

  it('is tried with fewer writes when a push failed without a verdict', async () => {
    // As a hub that ends pushes that take too long: more than four commits at once never pass.
    await hook(
      'while read -r old new _; do if [ "$(git rev-list --count "$old..$new")" -gt 4 ]; then kill -KILL $PPID; exit 1; fi; done',
    );
    vault = await openTestVault(folder, remote);
    const writes = Array.from({ length: 40 }, (_, number) => aBeat(`${number}\n`));
    await Promise.all(writes.map((write) => vault?.write(write)));
    await Promise.all(writes.map((write) => vault?.landed(write.id)));
    expect((await git(remote, 'show', 'main:agents/kk-a/log/l.md')).split('\n')).toHaveLength(40);
  });
});

describe('a hub that refuses a host its turn', () => {
  it('has its words told; the writes wait and land when it is over', async () => {
    const turns: Turn[] = [];
    const closed: Turn = { result: 'refused', reason: 'The account kk-a is closed.', waitMs: undefined };
    let turn: Turn = closed;
    vault = await openTestVault(folder, remote, 'host', {
      takeTurn: async () => {
        turns.push(turn);
        return turn;
      },
    });
    const write = aBeat('one\n');
    await vault.write(write);
    await until('it is told', async () => (await vault?.status())?.lastError !== undefined);
    expect((await vault.status()).lastError).toContain('The account kk-a is closed.');
    await until('it asks again', () => turns.length > 3);
    expect((await vault.status()).spooled).toBe(1);
    // News of others still arrive.
    const person = await clonePerson(folder, remote, 'ana');
    await pushFiles(person, { 'ana.md': 'news\n' });
    await until('it shows', async () => (await inTree('ana.md')) === 'news\n');
    turn = { result: 'none' };
    await vault.landed(write.id);
    await until('it is over', async () => (await vault?.status())?.lastError === undefined);
  });
});

describe('a remote over HTTP that answers with an error', () => {
  let server: Server;
  afterEach(() => server.close());

  it('has its words told', async () => {
    vault = await openTestVault(folder, remote);
    await vault.close();
    server = createServer((_, response) => {
      response.writeHead(507, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end("The hub's disk is full.\n");
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    vault = await openTestVault(folder, `http://127.0.0.1:${port}/vault.git`);
    await until(
      'it is told',
      async () => (await vault?.status())?.lastError?.includes("The hub's disk is full.") === true,
    );
  });
});
