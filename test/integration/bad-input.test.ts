import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runProgram } from '../../scripts/run-program.ts';
import { type Ended, makeSwarmBox, PROJECT, type SwarmBox } from '../support/swarm.ts';

const USAGE = 2;

let box: SwarmBox;

beforeAll(async () => {
  box = await makeSwarmBox();
});

afterAll(async () => {
  await box?.cleanUp();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs a command line of swarm-ops within this process. */
async function run(...args: readonly string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    });
  }
  const exitCode = await runProgram(args);
  vi.restoreAllMocks();
  return { exitCode, ...said };
}

const up = (...args: readonly string[]): Promise<Ended> =>
  run('up', '--rounds', '1', '--json', '--state', box.stateDir, ...args);

/** A clear end: some words, a next step, no stack trace, no report; and nothing left behind. */
async function expectRefusal(ended: Ended, exitCode: number, says: RegExp): Promise<void> {
  expect(ended.stderr).toMatch(says);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  expect(ended.stderr).not.toMatch(/Error:|This should not happen/);
  expect(ended.stdout).toBe('');
  const words = ended.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('·'));
  expect(words.length).toBeGreaterThanOrEqual(2);
  expect(words.length).toBeLessThanOrEqual(6);
  expect(ended.exitCode).toBe(exitCode);
  await box.allGone(5_000);
  expect(await readdir(box.root)).not.toContain('state');
}

describe('an option that makes no sense is refused', () => {
  it.each([
    ['an unknown option', ['--frobnicate'], /unknown option '--frobnicate'/],
    ['a negative number', ['--beat-seconds', '-5'], /--beat-seconds "-5" is not a whole number/],
    ['no rounds at all', ['--rounds', '0'], /--rounds "0" is not a whole number/],
    ['a word for a number', ['--rounds', 'many'], /--rounds "many" is not a whole number/],
    ['half a beat', ['--beat-seconds', '0.5'], /--beat-seconds "0\.5" is not a whole number/],
    ['a port that cannot be', ['--rpc-port', '70000'], /--rpc-port "70000" is not a whole number/],
    ['one port for two', ['--irc-port', '6667', '--s3-port', '6667'], /must differ/],
    ['settings that are not there', ['--corpus', '/nowhere/corpus.yaml'], /corpus\.yaml is not a file/],
  ])('%s', async (_, args, says) => {
    await expectRefusal(await up(...args), USAGE, says);
  });

  it('an unknown command', async () => {
    await expectRefusal(await run('frobnicate'), USAGE, /unknown command 'frobnicate'/);
  });

  it('by the program as it is started, with exit code 2', async () => {
    await expectRefusal(await box.up('--rounds', 'many').ended, USAGE, /--rounds "many" is not a whole number/);
  });

  it('without repeating what could be a secret in the wrong place', async () => {
    const ended = await up('--mnemonic=abandon abandon');
    await expectRefusal(ended, USAGE, /unknown option '--mnemonic'/);
    expect(ended.stderr).not.toContain('abandon');
  });
});

describe('a manifest that is wrong is refused with the file and the field', () => {
  it.each([
    ['an unknown role', 'role: buyer', 'role: wizard', /kk-0xyuls\/manifest\.yaml.*spec\.role/s],
    ['a price as a float', 'maxPrice: "0.06"', 'maxPrice: 0.06', /kk-0xyuls\/manifest\.yaml.*maxPrice.*quoted/s],
    ['broken YAML', 'spec:', 'spec: [', /kk-0xyuls\/manifest\.yaml: is not valid YAML/],
  ])('%s', async (name, right, wrong, says) => {
    const agents = join(box.root, `agents ${name}`);
    await cp(join(PROJECT, 'agents'), agents, { recursive: true });
    const file = join(agents, 'kk-0xyuls/manifest.yaml');
    const text = await readFile(file, 'utf8');
    expect(text).toContain(right);
    await writeFile(file, text.replace(right, wrong));
    await expectRefusal(await up('--agents', agents), USAGE, says);
  });

  it('a folder of agents that is not there', async () => {
    await expectRefusal(await up('--agents', join(box.root, 'no agents')), USAGE, /cannot be read as a folder/);
  });
});

describe('a folder of logs that cannot be used is refused', () => {
  it.each<readonly [string, Readonly<Record<string, string | Buffer>> | undefined, RegExp]>([
    ['one that does not exist', undefined, /one that does not exist cannot be read/],
    ['an empty one', {}, /an empty one is empty/],
    [
      'one of junk',
      {
        '2024-01-01.raw.txt': randomBytes(200_000),
        '2024-01-02.jsonl': randomBytes(200_000),
        'photo.png': randomBytes(9),
      },
      /None of the 3 files .*one of junk holds chat/,
    ],
    [
      'one with settings that are wrong',
      { '2024-01-01.raw.txt': '[10:00] <ann> hello\n', 'corpus.yaml': 'minMessages: lots\n' },
      /corpus\.yaml cannot be used: minMessages/,
    ],
  ])('%s', async (name, files, says) => {
    const dir = join(box.root, name);
    if (files !== undefined) await mkdir(dir);
    for (const [file, content] of Object.entries(files ?? {})) await writeFile(join(dir, file), content);
    await expectRefusal(await up('--data', dir), 1, says);
  });
});

describe('a port that is in use is named', () => {
  let server: Server;
  let port: string;

  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = String((server.address() as AddressInfo).port);
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(['--irc-port', '--s3-port'])('%s', async (option) => {
    await expectRefusal(await up(option, port), 1, new RegExp(`${port}.*in use[^]*${option}`));
  });

  it('--rpc-port, by the program as it is started', async () => {
    const ended = await box.up('--rounds', '1', '--json', '--rpc-port', port).ended;
    await expectRefusal(ended, 1, new RegExp(`${port}.*in use[^]*--rpc-port`));
  });
});

describe('a state folder of something else stays as it is', () => {
  const mark = { apiVersion: 'karmakadabra/v1', kind: 'State', version: 2, createdAt: '2026-11-20T19:13:04Z' };
  it.each([
    ['one from another version', { 'state.json': JSON.stringify(mark), 'vault.txt': 'mine' }, /state of version 2/],
    ['one with other files', { 'diary.txt': 'Dear diary' }, /holds other files/],
  ])('%s', async (name, files, says) => {
    const dir = join(box.root, name);
    await mkdir(dir);
    for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
    const before = await contentsOf(dir);
    for (const command of [['up', '--rounds', '1'], ['status']]) {
      await expectRefusal(await run(...command, '--json', '--state', dir), 1, says);
    }
    expect(await contentsOf(dir)).toEqual(before);
  });
});

/** The names and digests of all files of a folder. */
async function contentsOf(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const digest = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  return Promise.all(files.sort().map(async (file) => `${file} ${await digest(file)}`));
}
