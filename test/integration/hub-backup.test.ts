import { appendFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { git, gitWith, makeFolder } from '../support/git.ts';
import { anAccount, cloneAs, gitIdentity, startTestHub } from '../support/hub.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { swarmOps } from '../support/swarm-ops.ts';

let folder = '';
let removeFolder: () => Promise<void>;
beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
});
afterEach(() => removeFolder());

it('goes on for its readers after a backup of while they pushed and it packed, a loss and a restore', {
  timeout: 5 * PATIENCE_MS,
}, async () => {
  const agent = 'kk-karma-hello';
  const accounts = [await anAccount(agent)];
  const hub = await startTestHub(folder, accounts);
  const closing = [hub.hub.close];
  const file = path.join(folder, 'hub.kkb');
  try {
    const clone = await cloneAs(hub, folder, agent);
    const identity = gitIdentity(hub, agent);
    const write = async (line: string): Promise<string> => {
      await appendFile(path.join(clone, 'agents', agent, 'memory.md'), `${line}\n`).catch(async () => {
        await git(clone, 'commit', '--quiet', '--allow-empty', '-m', line);
      });
      await git(clone, 'add', '--all');
      await git(clone, 'commit', '--quiet', '--allow-empty', '-m', line);
      await gitWith(identity, clone, 'push', '--quiet', 'origin', 'main');
      return (await git(clone, 'rev-parse', 'HEAD')).trim();
    };
    const before = await write('before');
    let isOver = false;
    const pushing = (async () => {
      for (let i = 0; !isOver; i += 1) {
        await write(`during ${i}`);
        await git(hub.repository, 'repack', '-a', '-d', '-q');
      }
    })();
    const secret = path.join(folder, 'hub-secret.json');
    const backup = await swarmOps(['backup', file, '--hub', hub.state, '--accounts', secret, '--json']);
    isOver = true;
    await pushing;
    expect([backup.code, backup.stderr]).toEqual([0, expect.stringContaining('unencrypted')]);
    const refused = await swarmOps(['restore', file, '--hub', hub.state, '--force']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('backup/running')]);

    const ports = { git: hub.hub.gitPort, irc: hub.hub.ircPort };
    await hub.hub.close();
    await rm(hub.state, { recursive: true });
    const restored = await swarmOps(['restore', file, '--hub', hub.state]);
    expect([restored.code, restored.stderr]).toEqual([0, expect.anything()]);
    expect(await readFile(path.join(hub.state, 'hub', 'accounts.json'), 'utf8')).toBe(await readFile(secret, 'utf8'));

    const again = await startTestHub(folder, accounts, ports);
    closing.push(again.hub.close);
    expect([again.url, again.ca]).toEqual([hub.url, hub.ca]);
    expect(await git(again.repository, 'fsck', '--full', '--no-dangling')).not.toMatch(/error|missing|broken/);
    const head = (await git(again.repository, 'rev-parse', 'main')).trim();
    // What was pushed before is there, and all that is there was pushed.
    await git(again.repository, 'merge-base', '--is-ancestor', before, head);
    await git(clone, 'merge-base', '--is-ancestor', head, 'HEAD');
    // A clone that is ahead brings back what the backup didn't have.
    const after = await write('after');
    expect((await git(again.repository, 'rev-parse', 'main')).trim()).toBe(after);
  } finally {
    for (const close of closing) await close();
  }
});
