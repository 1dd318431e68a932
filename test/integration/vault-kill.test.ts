import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, makeFolder, makeRemote } from '../support/git.ts';
import { openTestVault, until } from '../support/vault.ts';

let folder = '';
let removeFolder: () => Promise<void>;
let child: ChildProcess | undefined;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  await removeFolder();
});

/** Runs a host until it has spooled so many writes, kills it without warning, and gives the ids it knew to be spooled. */
async function runAndKill(remote: string, spooled: number, isGroup: boolean): Promise<readonly string[]> {
  const script = path.resolve('test/support/vault-process.ts');
  // Its own process group, so that its git processes can be killed with it, or outlive it.
  const started = spawn(process.execPath, ['--import', 'tsx', script, folder, remote], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  child = started;
  let output = '';
  started.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const lines = () =>
    output
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('kk-'));
  await until('it has written', () => lines().length >= spooled);
  process.kill(isGroup ? -(started.pid ?? 0) : (started.pid ?? 0), 'SIGKILL');
  await once(started, 'close');
  return lines();
}

describe('a host that is killed', () => {
  it.each([
    { spooled: 1, isGroup: true },
    { spooled: 90, isGroup: false },
    { spooled: 220, isGroup: false },
  ])(
    'lands every spooled write exactly once after $spooled of them (with its git processes: $isGroup)',
    async ({ spooled, isGroup }) => {
      const remote = await makeRemote(folder);
      const promised = [
        ...(await runAndKill(remote, spooled, isGroup)),
        ...(await runAndKill(remote, spooled, !isGroup)),
      ];
      const vault = await openTestVault(folder, remote);
      try {
        await until('all landed', async () => (await vault.status()).spooled === 0);
        const logs = new Map<string, readonly string[]>();
        for (const author of ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `kk-${letter}`)) {
          const text = await git(remote, 'show', `main:agents/${author}/log/l.md`).catch(() => '');
          logs.set(author, text.split('\n'));
        }
        for (const line of promised) {
          const [author = '', id = ''] = line.split(' ');
          expect(logs.get(author)?.filter((entry) => entry === id)).toEqual([id]);
        }
        for (const entries of logs.values()) expect(new Set(entries).size).toBe(entries.length);
        const trailers = await git(remote, 'log', '--format=%(trailers:key=Vault-Write,valueonly,separator=)', 'main');
        const ids = trailers.split('\n').filter((id) => id !== '');
        expect(new Set(ids).size).toBe(ids.length);
        expect(await git(remote, 'log', '--format=%an', 'main')).not.toMatch(/^people\npeople/m);
        await until('it shows', async () => (await vault.status()).head === (await git(remote, 'rev-parse', 'main')));
        await git(path.join(folder, 'host', 'vault'), 'fsck', '--strict');
        // The folder follows the head a moment later.
        await until(
          'it is clean',
          async () => (await git(path.join(folder, 'host', 'vault'), 'status', '--porcelain')) === '',
        );
      } finally {
        await vault.close();
      }
    },
  );
});
