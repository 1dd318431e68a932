import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SwarmError } from '../../../lib/core/errors.ts';
import { openStateFolder } from '../../../lib/host/state-folder.ts';
import { createBareRemote } from '../../../lib/vault/bare-remote.ts';
import { readRepository } from '../../../lib/vault/read-repository.ts';

const NOW = '2026-11-20T19:13:04Z';
const NOBODY = 65_534;
const isRoot = process.geteuid?.() === 0;
let dir = '';
let state = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "kk-pl'ace-"));
  await chmod(dir, 0o755);
  state = join(dir, 'state');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = () => openStateFolder(state, NOW, () => undefined);
const makeRemote = async () => {
  const seedDir = join(dir, 'seed');
  await mkdir(seedDir, { recursive: true });
  return createBareRemote({ path: join(state, 'vault.git'), seedDir });
};

/** The error of an attempt, with the last command that it gives run. */
async function mended(attempt: Promise<unknown>): Promise<SwarmError> {
  const error = await attempt.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof SwarmError)) throw new Error(`not an instruction: ${String(error)}`);
  const command = /(?:sudo )?((?:chown|chmod|mv|mount) .*?)(?:;|$)/.exec(error.next)?.[1];
  if (command === undefined) throw new Error(`no command in ${error.next}`);
  execFileSync('sh', ['-c', command]);
  return error;
}

async function asNobody<Result>(act: () => Promise<Result>): Promise<Result> {
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a state folder that can not be used tells the cause, and its command mends it', () => {
  it.skipIf(!isRoot)('when it is another user’s (skipped where not root)', async () => {
    await open();
    await makeRemote();
    execFileSync('chown', ['-R', String(NOBODY), state]);
    for (const attempt of [makeRemote, () => readRepository(join(state, 'vault.git'))]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'swarm/foreign-owner', disposition: 'stop' });
    }
    const error = await mended(open());
    expect(error).toMatchObject({ code: 'swarm/foreign-owner', disposition: 'stop' });
    expect(error.message).toContain(`belongs to user ${NOBODY}, and this process runs as user 0`);
    await open();
    expect((await makeRemote()).created).toBe(false);
  });

  it.skipIf(!isRoot)(
    'when something in it is another user’s, as after a start with sudo (skipped where not root)',
    async () => {
      await open();
      await makeRemote();
      await chown(join(state, 'vault.git'), NOBODY, NOBODY);
      const error = await mended(open());
      expect(error.message).toContain(join(state, 'vault.git'));
      await open();
      expect((await makeRemote()).created).toBe(false);
    },
  );

  it.skipIf(!isRoot)('when it is closed to its own user (skipped where not root)', async () => {
    await chmod(dir, 0o777);
    await asNobody(async () => {
      await open();
      await chmod(state, 0o000);
      expect(await mended(open())).toMatchObject({ code: 'swarm/bad-state-folder', disposition: 'stop' });
      await open();
    });
  });

  it.skipIf(!isRoot)('when the way to it is closed, without a command for what is not the swarm’s', async () => {
    await open();
    await chmod(dir, 0o700);
    const error = await asNobody(() => open().catch((cause: unknown) => cause));
    expect(error).toMatchObject({ code: 'swarm/bad-state-folder', message: expect.stringContaining(dir) });
    expect(String((error as SwarmError).next)).not.toContain('chown');
  });

  it('when a file is where a folder should be', async () => {
    await writeFile(state, 'x');
    expect(await mended(open())).toMatchObject({ code: 'swarm/bad-state-folder' });
    await open();
    await rm(join(state, 'vault.git'), { recursive: true, force: true });
    await writeFile(join(state, 'vault.git'), 'x');
    expect(await mended(makeRemote())).toMatchObject({ code: 'swarm/bad-state-folder' });
    expect((await makeRemote()).created).toBe(true);
  });

  it.skipIf(!isRoot)('when its disk is read-only (skipped where nothing can be mounted)', async (context) => {
    await open();
    try {
      execFileSync('sh', ['-c', 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"', '-', state], {
        stdio: 'ignore',
      });
    } catch {
      context.skip();
    }
    try {
      await expect(open()).rejects.toMatchObject({
        code: 'swarm/bad-state-folder',
        message: `${state} is on a disk that can only be read`,
        next: expect.stringContaining('remount,rw'),
      });
    } finally {
      execFileSync('umount', [state]);
    }
  });
});

describe('a state folder that is open to others', () => {
  it('is closed when it is opened, with a line that says so, once', async () => {
    await open();
    await chmod(state, 0o755);
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    await openStateFolder(state, NOW, say);
    expect((await stat(state)).mode & 0o777).toBe(0o700);
    expect(said).toEqual([expect.stringContaining(`${state} was open to other users (mode 755)`)]);
    await openStateFolder(state, NOW, say);
    expect(said).toHaveLength(1);
  });

  it.skipIf(!isRoot)(
    'stays as it is when it is another’s, as the volume of a container (skipped where not root)',
    async () => {
      await open();
      await chmod(state, 0o755);
      await chown(state, NOBODY, NOBODY);
      const said: string[] = [];
      await openStateFolder(state, NOW, (line) => void said.push(line));
      expect((await stat(state)).mode & 0o777).toBe(0o755);
      expect(said).toEqual([]);
    },
  );
});
