import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { holderOf, takeOwnership } from '../../../lib/files/owner-lock.ts';
import { readActivity } from '../../../lib/host/irc-activity.ts';
import { openCredentials } from '../../../lib/host/local-services/credentials.ts';
import { lookAt } from '../../../lib/host/look-at-swarm.ts';
import { readRoster } from '../../../lib/host/probe-swarm.ts';
import { readRunFile, writeRunFile } from '../../../lib/host/run-file.ts';
import { openStateFolder, type StateFolder, stateFolderAt } from '../../../lib/host/state-folder.ts';
import { readTreasuryReport } from '../../../lib/host/treasury-report.ts';
import { readDeployment } from '../../../lib/market/escrow/deployment.ts';
import { reset } from '../../../scripts/commands/reset.ts';
import { stop } from '../../../scripts/commands/stop.ts';

const ADDRESS = `0x${'ab'.repeat(20)}` as const;
const facts: Parameters<typeof writeRunFile>[1] = {
  beatSeconds: 5,
  irc: { host: '127.0.0.1', port: 6667, channel: '#karmakadabra' },
  seenFrom: 'machine',
  rpc: 'http://127.0.0.1:8545',
  chainId: 31337,
  escrow: ADDRESS,
  token: ADDRESS,
  s3: 'http://127.0.0.1:9000',
  agents: [],
};

let dir = '';
let folder: StateFolder;
let swarm: ChildProcess | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kk-run-'));
  folder = await openStateFolder(join(dir, 'state'), '2026-11-20T19:13:04Z', () => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  swarm?.kill('SIGKILL');
  swarm = undefined;
  await rm(dir, { recursive: true, force: true });
});

/** Another process that holds the lock of the state folder, as a swarm does. */
async function startHolder(): Promise<number> {
  const file = join(import.meta.dirname, '../../../lib/files/owner-lock.ts');
  const program = `import { takeOwnership } from ${JSON.stringify(file)};
    await takeOwnership(process.argv[1]); process.stdout.write('held'); setInterval(() => {}, 1000);`;
  swarm = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, folder.lock], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (swarm.stdout !== null) await once(swarm.stdout, 'data');
  return swarm.pid ?? 0;
}

const DAMAGED = ['', '{', 'null', '{"pid":1}'];

describe('whether a swarm runs', () => {
  it('is told by its lock, and what it says of itself by its run file', async () => {
    expect(await readRunFile(folder)).toBeUndefined();
    const giveBack = await takeOwnership(folder.lock);
    const run = await writeRunFile(folder.run, facts);
    expect(await readRunFile(folder)).toEqual({ run, isAlive: true });
    await giveBack();
    expect(await readRunFile(folder)).toEqual({ run, isAlive: false });
  });

  it.each(DAMAGED)('is no guess when the run file is damaged (%j): it is named, with what to do', async (text) => {
    await writeFile(folder.run, text);
    const damaged = { code: 'swarm/bad-run-file', disposition: 'stop', message: expect.stringContaining(folder.run) };
    for (const read of [() => readRunFile(folder), () => lookAt(folder.dir, [])]) {
      await expect(read()).rejects.toMatchObject(damaged);
      await expect(read()).rejects.toMatchObject({ next: expect.stringMatching(/remove the file/i) });
    }
    expect(await readFile(folder.run, 'utf8')).toBe(text);
  });

  it('leaves nobody to stop when the one who asks is the one who starts', async () => {
    await writeFile(folder.run, '{');
    const giveBack = await takeOwnership(folder.lock);
    await expect(readRunFile(folder)).rejects.toMatchObject({ next: expect.not.stringContaining('swarm-ops stop') });
    await giveBack();
    const pid = await startHolder();
    await expect(readRunFile(folder)).rejects.toMatchObject({ next: expect.stringContaining(`Process ${pid} runs`) });
  });

  it('is not told by a lock that is damaged: nothing starts beside what may hold it', async () => {
    await writeFile(folder.lock, '{"pid":');
    const damaged = { code: 'vault/bad-lock', disposition: 'stop', message: expect.stringContaining(folder.lock) };
    await expect(takeOwnership(folder.lock)).rejects.toMatchObject(damaged);
    await expect(holderOf(folder.lock)).rejects.toMatchObject(damaged);
    expect(await readFile(folder.lock, 'utf8')).toBe('{"pid":');
  });

  it('is not told by the lock of a copied folder: nobody who looks at the copy ends the original', async () => {
    const giveBack = await takeOwnership(folder.lock);
    const copy = stateFolderAt(join(dir, 'copy'));
    await cp(folder.dir, copy.dir, { recursive: true });
    expect((await holderOf(folder.lock))?.pid).toBe(process.pid);
    expect(await holderOf(copy.lock)).toBeUndefined();
    await (await takeOwnership(copy.lock))();
    await giveBack();
  });

  it('is told by a lock of an earlier version, which does not name its folder', async () => {
    const giveBack = await takeOwnership(folder.lock);
    const { folder: _, ...older } = JSON.parse(await readFile(folder.lock, 'utf8'));
    await writeFile(folder.lock, JSON.stringify(older));
    expect((await holderOf(folder.lock))?.pid).toBe(process.pid);
    await giveBack();
  });

  it.each([
    ['state.json', 'swarm/bad-state-folder'],
    ['run.json', 'swarm/bad-run-file'],
    ['lock', 'vault/bad-lock'],
  ])('is not waited for at a pipe in the place of %s', async (name, code) => {
    await rm(join(folder.dir, name), { force: true });
    await execa('mkfifo', [join(folder.dir, name)]);
    const look = async () => {
      await openStateFolder(folder.dir, '2026-11-20T19:13:04Z', () => undefined);
      await holderOf(folder.lock);
      return readRunFile(folder);
    };
    await expect(look()).rejects.toMatchObject({ code });
  });

  it('is not told by a lock that a power cut left empty: it is taken over', async () => {
    await writeFile(folder.lock, '');
    await (await takeOwnership(folder.lock))();
  });
});

describe('a swarm that runs', () => {
  it.each(['damaged', 'absent', 'an older one'])('is stopped, also when its run file is %s', async (what) => {
    if (what === 'an older one') await writeRunFile(folder.run, facts);
    const pid = await startHolder();
    if (what === 'damaged') await writeFile(folder.run, '{');
    expect((await holderOf(folder.lock))?.pid).toBe(pid);
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const ended = swarm === undefined ? undefined : once(swarm, 'exit');
    expect(await stop({ state: folder.dir, json: true })).toBe(0);
    await ended;
    expect(JSON.parse(String(said.mock.calls[0]?.[0]))).toMatchObject({ items: [{ status: 'stopped' }] });
    expect(await holderOf(folder.lock)).toBeUndefined();
  });

  it('is stopped before its folder is removed, also when its run file is damaged', async () => {
    await startHolder();
    await writeFile(folder.run, '{');
    const ended = swarm === undefined ? undefined : once(swarm, 'exit');
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await reset({ state: folder.dir, yes: true, json: true })).toBe(0);
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});

describe('a file of the state folder that is damaged is named, never taken for absent', () => {
  const hub = { ...facts, seenFrom: 'hub' as const };
  it.each<readonly [string, (state: StateFolder) => string, (state: StateFolder) => Promise<unknown>]>([
    ['deployment', (state) => state.deployment, (state) => readDeployment(state.deployment)],
    ['treasury report', (state) => state.treasury, (state) => readTreasuryReport(state.treasury, 1000)],
    ['roster', (state) => state.roster, (state) => readRoster(hub, state)],
    ['activity', (state) => state.activity, (state) => readActivity(state.activity)],
    ['credentials', (state) => join(state.dir, 'credentials.json'), (state) => openCredentials(state.dir)],
  ])('%s', async (_, pathOf, read) => {
    const path = pathOf(folder);
    await mkdir(dirname(path), { recursive: true });
    for (const text of DAMAGED) {
      await writeFile(path, text);
      await expect(read(folder)).rejects.toMatchObject({ message: expect.stringContaining(path) });
    }
  });
});
