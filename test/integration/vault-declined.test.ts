import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vault } from '../../lib/vault/vault.ts';
import { git, makeFolder, makeRemote } from '../support/git.ts';
import { append, aWrite, openTestVault, until } from '../support/vault.ts';

let folder = '';
let remote = '';
let removeFolder: () => Promise<void>;
let vault: Vault | undefined;

beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
  remote = await makeRemote(folder);
});
afterEach(async () => {
  await vault?.close();
  await removeFolder();
});

/** A hook that lets nothing by one author pass. */
async function decline(author: string): Promise<void> {
  const hook = path.join(remote, 'hooks', 'pre-receive');
  const script = `#!/bin/sh
while read -r old new ref; do
  if git log --format=%an "$old..$new" | grep -qx '${author}'; then echo "no commits by ${author}" >&2; exit 1; fi
done
`;
  await writeFile(hook, script);
  await chmod(hook, 0o755);
}

describe('a remote whose hook declines an agent', () => {
  it('never keeps the others from landing, and the declined writes are kept aside', async () => {
    await decline('kk-evil');
    const warnings: string[] = [];
    vault = await openTestVault(folder, remote, 'host', { log: (_level, message) => void warnings.push(message) });
    const writes = Array.from({ length: 40 }, (_, index) => {
      const author = index % 10 === 3 ? 'kk-evil' : `kk-${index % 10}`;
      return aWrite(author, append(`agents/${author}/log/l.md`, `${index}\n`));
    });
    await Promise.all(writes.map((write) => vault?.write(write)));
    const results = await Promise.allSettled(writes.map((write) => vault?.landed(write.id)));
    for (const [index, result] of results.entries()) {
      if (index % 10 === 3)
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'vault/declined', disposition: 'stop' } });
      else expect(result.status).toBe('fulfilled');
    }
    const aside = (await readdir(path.join(folder, 'host', 'spool', 'rejected'))).sort();
    expect(aside).toHaveLength(4);
    const kept: unknown = JSON.parse(
      await readFile(path.join(folder, 'host', 'spool', 'rejected', aside[0] ?? ''), 'utf8'),
    );
    expect(kept).toMatchObject({
      write: { author: 'kk-evil' },
      reason: expect.stringContaining('no commits by kk-evil'),
    });
    expect(warnings.filter((message) => message.includes('was moved to'))).toHaveLength(4);
    expect(await git(remote, 'log', '--format=%an', 'main')).not.toContain('kk-evil');
    expect((await vault.read()).text('agents/kk-evil/log/l.md')).toBeUndefined();
  });

  it('still says so after a restart', async () => {
    await decline('kk-evil');
    vault = await openTestVault(folder, remote);
    const write = aWrite('kk-evil', append('agents/kk-evil/log/l.md', 'x\n'));
    await vault.write(write);
    await expect(vault.landed(write.id)).rejects.toMatchObject({ code: 'vault/declined' });
    await vault.close();
    vault = await openTestVault(folder, remote);
    await expect(vault.landed(write.id)).rejects.toMatchObject({ code: 'vault/declined' });
    await until('nothing waits', async () => (await vault?.status())?.spooled === 0);
  });
});
