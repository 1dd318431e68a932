import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runGitChild } from '../../../lib/vault/git-child.ts';
import { makeFolder } from '../../support/git.ts';
import { until } from '../../support/vault.ts';

let folder = '';
let removeFolder: () => Promise<void>;
beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
});
afterEach(() => removeFolder());

/** Runs a script in place of git; it may write process ids to the file `pids`. */
async function run(script: string, silenceMs = 60_000, signal?: AbortSignal): Promise<string> {
  await writeFile(path.join(folder, 'git'), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, 'git'), 0o755);
  const environment = { PATH: `${folder}:${process.env.PATH ?? ''}` };
  return runGitChild(['fast-import', '--done'], {
    folder,
    environment,
    silenceMs,
    signal,
    input: Buffer.from('done\n'),
  });
}

/** Whether all processes whose ids the script wrote have ended. */
async function allEnded(): Promise<void> {
  const pids = (await readFile(path.join(folder, 'pids'), 'utf8')).trim().split('\n').map(Number);
  expect(pids.length).toBeGreaterThan(0);
  const isAlive = async (pid: number) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return stat !== '' && !/\) Z /.test(stat);
  };
  await until('all have ended', async () => (await Promise.all(pids.map(isAlive))).every((alive) => !alive));
}

describe('a git process', () => {
  it('gives what it printed, having read its input', async () => {
    expect(await run('cat; echo "$@"')).toBe('done\nfast-import --done\n');
  });

  it('that fails tells all that it printed', async () => {
    await expect(run('echo out; echo "fatal: why" >&2; exit 128')).rejects.toThrow('fatal: why\nout');
  });

  it.each([
    ['sleeps for ever', 'echo $$ >>pids; exec sleep 1000'],
    ['is stopped', 'echo $$ >>pids; kill -STOP $$'],
    ['ignores that it is told to end', "trap '' TERM INT; echo $$ >>pids; while :; do sleep 1; done"],
    ['waits for a process that hangs', 'sleep 1000 & echo $! >>pids; echo $$ >>pids; wait'],
  ])('that %s is ended with all that it started, and told', async (_, script) => {
    await expect(run(script, 300)).rejects.toMatchObject({
      code: 'vault/git-timeout',
      disposition: 'retry',
      message: 'git fast-import printed nothing for 0.3 s and was ended',
    });
    await allEnded();
  });

  it('that has ended is not waited for because another holds its output', async () => {
    expect(await run('sleep 1000 & echo $! >>pids; echo made')).toBe('made\n');
    await allEnded();
  });

  it('that is killed is told so', async () => {
    await expect(run('kill -KILL $$')).rejects.toMatchObject({ code: 'vault/git-ended' });
  });

  it('is ended when the vault closes', async () => {
    const closing = new AbortController();
    const running = run('echo $$ >>pids; exec sleep 1000', 60_000, closing.signal);
    const refused = expect(running).rejects.toMatchObject({ code: 'vault/git-ended' });
    await until('it runs', () =>
      readFile(path.join(folder, 'pids'), 'utf8').then(
        () => true,
        () => false,
      ),
    );
    closing.abort();
    await refused;
    await allEnded();
  });
});
