import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, makeSwarmBox, PROJECT, type SwarmBox } from '../support/swarm.ts';

const USAGE = 2;

let box: SwarmBox;

beforeAll(async () => {
  box = await makeSwarmBox();
});

afterAll(async () => {
  await box?.cleanUp();
});

const up = (...args: readonly string[]): Promise<Ended> => box.up('--rounds', '1', '--json', ...args).ended;

/** A clear end: some words, a next step, no stack trace, no report. */
function expectClearMessage(ended: Ended, says: RegExp): void {
  expect(ended.stderr).toMatch(says);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  expect(ended.stderr).not.toMatch(/Error:|This should not happen/);
  expect(ended.stdout).toBe('');
  const words = ended.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('·'));
  expect(words.length).toBeGreaterThanOrEqual(2);
  expect(words.length).toBeLessThanOrEqual(6);
}

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

async function expectNothingLeft(): Promise<void> {
  await box.allGone(5_000);
  expect((await readdir(box.root)).filter((name) => name === 'state')).toEqual([]);
}

describe('an option that makes no sense ends with exit code 2 and leaves nothing behind', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown option', ['--frobnicate'], /unknown option '--frobnicate'/],
    ['a negative number', ['--beat-seconds', '-5'], /--beat-seconds "-5" is not a whole number/],
    ['no rounds at all', ['--rounds', '0'], /--rounds "0" is not a whole number/],
    ['a word for a number', ['--rounds', 'many'], /--rounds "many" is not a whole number/],
    ['half a beat', ['--beat-seconds', '0.5'], /--beat-seconds "0\.5" is not a whole number/],
    ['a port that cannot be', ['--rpc-port', '70000'], /--rpc-port "70000" is not a whole number/],
    ['one port for two', ['--irc-port', '6667', '--s3-port', '6667'], /must differ/],
    ['settings that are not there', ['--corpus', '/nowhere/corpus.yaml'], /corpus\.yaml is not a file/],
  ];

  it.each(cases)('%s', async (_, args, says) => {
    const ended = await up(...args);
    expectClearMessage(ended, says);
    expect(ended.exitCode).toBe(USAGE);
    await expectNothingLeft();
  });

  it('an unknown command', async () => {
    const ended = await box.ops('frobnicate');
    expectClearMessage(ended, /unknown command 'frobnicate'/);
    expect(ended.exitCode).toBe(USAGE);
  });
});

describe('a manifest that is wrong names the file and the field, and leaves nothing behind', () => {
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['an unknown role', 'role: buyer', 'role: wizard', /kk-0xyuls\/manifest\.yaml.*spec\.role/s],
    ['a price as a float', 'maxPrice: "0.06"', 'maxPrice: 0.06', /kk-0xyuls\/manifest\.yaml.*maxPrice.*quoted/s],
    ['broken YAML', 'spec:', 'spec: [', /kk-0xyuls\/manifest\.yaml: is not valid YAML/],
  ];

  it.each(cases)('%s', async (name, right, wrong, says) => {
    const agents = join(box.root, `agents ${name}`);
    await cp(join(PROJECT, 'agents'), agents, { recursive: true });
    const file = join(agents, 'kk-0xyuls/manifest.yaml');
    const text = await readFile(file, 'utf8');
    expect(text).toContain(right);
    await writeFile(file, text.replace(right, wrong));
    const ended = await up('--agents', agents);
    expectClearMessage(ended, says);
    expect(ended.exitCode).toBe(USAGE);
    await expectNothingLeft();
  });

  it('a folder of agents that is not there', async () => {
    const ended = await up('--agents', join(box.root, 'no agents'));
    expectClearMessage(ended, /cannot be read as a folder/);
    expect(ended.exitCode).toBe(USAGE);
    await expectNothingLeft();
  });
});

describe('a folder of logs that cannot be used is refused and leaves nothing behind', () => {
  const folder = async (name: string): Promise<string> => {
    const dir = join(box.root, name);
    await mkdir(dir);
    return dir;
  };

  it('one that does not exist', async () => {
    const ended = await up('--data', join(box.root, 'no such logs'));
    expectClearMessage(ended, /no such logs cannot be read/);
    expect(ended.exitCode).toBe(1);
    await expectNothingLeft();
  });

  it('an empty one', async () => {
    const ended = await up('--data', await folder('empty'));
    expectClearMessage(ended, /empty is empty/);
    expect(ended.exitCode).toBe(1);
    await expectNothingLeft();
  });

  it('one with nothing but binary junk', async () => {
    const dir = await folder('junk');
    await writeFile(join(dir, '2024-01-01.raw.txt'), randomBytes(200_000));
    await writeFile(join(dir, '2024-01-02.jsonl'), randomBytes(200_000));
    await writeFile(join(dir, 'photo.png'), randomBytes(1_000));
    const ended = await up('--data', dir);
    expectClearMessage(ended, /None of the 3 files .*junk holds chat/);
    expect(ended.exitCode).toBe(1);
    await expectNothingLeft();
  });

  it('one with settings that are wrong', async () => {
    const dir = await folder('settings');
    await writeFile(join(dir, '2024-01-01.raw.txt'), '[10:00] <ann> hello\n');
    await writeFile(join(dir, 'corpus.yaml'), 'minMessages: lots\n');
    const ended = await up('--data', dir);
    expectClearMessage(ended, /corpus\.yaml cannot be used: minMessages/);
    expect(ended.exitCode).toBe(1);
    await expectNothingLeft();
  });
});

describe('a port that is in use is named, and leaves nothing behind', () => {
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

  it.each(['--irc-port', '--rpc-port', '--s3-port'])('%s', async (option) => {
    const ended = await up(option, port);
    expectClearMessage(ended, new RegExp(`${port}.*in use`));
    expect(ended.stderr).toContain(option);
    expect(ended.exitCode).toBe(1);
    await expectNothingLeft();
  });
});

describe('a state folder of something else stays as it is', () => {
  const refuses = async (name: string, files: Readonly<Record<string, string>>, says: RegExp, exitCode: number) => {
    const dir = join(box.root, name);
    await mkdir(dir);
    for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
    const before = await contentsOf(dir);
    for (const command of [
      ['up', '--rounds', '1', '--json'],
      ['status', '--json'],
    ]) {
      const ended = await box.start('node', [join(PROJECT, 'scripts/swarm-ops.js'), ...command, '--state', dir]).ended;
      expectClearMessage(ended, says);
      expect(ended.exitCode).toBe(exitCode);
    }
    expect(await contentsOf(dir)).toEqual(before);
  };

  it('one from another version', async () => {
    const mark = { apiVersion: 'karmakadabra/v1', kind: 'State', version: 2, createdAt: '2026-11-20T19:13:04Z' };
    await refuses('newer', { 'state.json': JSON.stringify(mark), 'vault.txt': 'mine' }, /state of version 2/, 1);
  });

  it('one with other files', async () => {
    await refuses('diary', { 'diary.txt': 'Dear diary' }, /holds other files/, 1);
  });
});
