import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../support/find-program.ts';
import { NAMES, REPOSITORY } from './support.ts';
import { run, type Said } from './terraform.ts';

// Python itself: a version manager's shim would put its own folder before the fakes.
const PYTHON =
  findProgram('python3') === undefined
    ? ''
    : execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
const IMAGE = `${REPOSITORY}/agent@sha256:${'a'.repeat(64)}`;
const unit = (name: string, more: Record<string, unknown> = {}) => ({
  role: NAMES.arn.role(NAMES.unitRolePath, NAMES.unitRole(name)),
  logGroup: NAMES.logGroup(name),
  command: [],
  memoryMb: 144,
  ports: [],
  data: '',
  env: { KK_AGENT: name },
  ...more,
});

describe.skipIf(PYTHON === '')(`a host${PYTHON !== '' ? '' : ' (skipped: python3 not found)'}`, () => {
  let root: string;
  let env: NodeJS.ProcessEnv;
  const at = (...path: readonly string[]) => join(root, ...path);
  const fake = (name: string, script: string) => {
    writeFileSync(at('bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(at('bin', name), 0o755);
  };
  const said = () => (existsSync(at('said')) ? readFileSync(at('said'), 'utf8').trim().split('\n') : []);
  const forget = () => rmSync(at('said'), { force: true });
  const units = (...args: readonly string[]): Promise<Said> =>
    run(PYTHON, [resolve('infra/host/kk-units'), ...args], env);
  const asked = (wanted: Record<string, unknown>, images: Record<string, string>) => {
    const page = (path: string, all: Record<string, unknown>) =>
      writeFileSync(
        at(path),
        JSON.stringify({
          Parameters: Object.entries(all).map(([name, value]) => ({
            Name: `/x/${name}`,
            Value: typeof value === 'string' ? value : JSON.stringify(value),
          })),
        }),
      );
    page('units.json', wanted);
    page('images.json', images);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kk-host-'));
    for (const folder of ['bin', 'etc/kk', 'run/kk']) mkdirSync(at(folder), { recursive: true });
    env = { PATH: `${at('bin')}:${process.env.PATH}`, KK_ROOT: root };
    const owner = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const host = {
      host: 'pack',
      region: 'us-east-1',
      unitsPath: '/u',
      imagesPath: '/i',
      repositories: [`${REPOSITORY}/agent`, `${REPOSITORY}/hub`],
      hubAddress: '10.42.0.10',
      hubCa: '/ca',
      owner,
    };
    writeFileSync(at('etc/kk/host.json'), JSON.stringify(host));
    fake('systemctl', `echo "systemctl $*" >> ${at('said')}`);
    fake('docker', `for a in "$@"; do echo "$a"; done > ${at('docker')}`);
    fake(
      'aws',
      `case "$*" in *"--path /u"*) cat ${at('units.json')};; *"--path /i"*) cat ${at('images.json')};; *get-parameter*) echo '{"Parameter":{"Value":"-----BEGIN CERTIFICATE-----"}}';; *) exit 1;; esac`,
    );
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('starts what is asked for, leaves what has not changed, restarts what has, ends what is gone', async () => {
    asked({ 'kk-a': unit('kk-a'), 'kk-b': unit('kk-b') }, { 'kk-a': IMAGE, 'kk-b': IMAGE });
    expect(await units('sync')).toMatchObject({ code: 0 });
    expect(said().filter((line) => line.includes('restart'))).toEqual([
      'systemctl --no-block restart kk-unit@kk-a.service',
      'systemctl --no-block restart kk-unit@kk-b.service',
    ]);
    forget();
    expect(await units('sync')).toMatchObject({ code: 0 });
    expect(said()).toEqual([]);
    asked({ 'kk-b': unit('kk-b') }, { 'kk-b': IMAGE.replaceAll('a'.repeat(64), 'c'.repeat(64)) });
    expect(await units('sync')).toMatchObject({ code: 0 });
    expect(said()).toContain('systemctl --no-block restart kk-unit@kk-b.service');
    expect(said()).toContain('systemctl disable --now kk-unit@kk-a.service');
  });

  it.each([
    ['an image by tag', unit('kk-a'), `${REPOSITORY}/agent:latest`],
    ['another kind of role', unit('kk-a', { role: 'root' }), IMAGE],
    ['a line break in the environment', unit('kk-a', { env: { X: 'a\nb' } }), IMAGE],
    ['a command that is no word', unit('kk-a', { command: ['--privileged'] }), IMAGE],
    ['an unknown field', unit('kk-a', { privileged: true }), IMAGE],
    ['text that is not JSON', 'nonsense', IMAGE],
    ['JSON that is null', 'null', IMAGE],
    ['JSON that is a number', '7', IMAGE],
    ['JSON that nests without end', '['.repeat(4000), IMAGE],
    ['no limit of memory', unit('kk-a', { memoryMb: 0 }), IMAGE],
    ['a negative limit of memory', unit('kk-a', { memoryMb: -1 }), IMAGE],
    ['a limit of memory that is true', unit('kk-a', { memoryMb: true }), IMAGE],
    ['a port of the host', unit('kk-a', { ports: [22] }), IMAGE],
    ['a port that is none', unit('kk-a', { ports: [65_536] }), IMAGE],
    ['the host’s own disk', unit('kk-a', { data: '/' }), IMAGE],
    ['a folder of the host', unit('kk-a', { data: '/etc/kk' }), IMAGE],
    ['a path upwards', unit('kk-a', { data: '/srv/../etc' }), IMAGE],
    ['a second mount', unit('kk-a', { data: '/srv/hub:/etc' }), IMAGE],
  ] as const)('keeps running what it runs when given %s, and says so', async (_, wanted, image) => {
    asked({ 'kk-a': unit('kk-a') }, { 'kk-a': IMAGE });
    await units('sync');
    forget();
    asked({ 'kk-a': wanted }, { 'kk-a': image });
    const done = await units('sync');
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('kk-a is left as it is');
    expect(said()).toEqual([]);
  });

  it('goes on to the next unit after one that it can’t read', async () => {
    asked(
      { 'kk-a': 'null', 'kk-b': '['.repeat(4000), 'kk-c': unit('kk-c') },
      { 'kk-a': IMAGE, 'kk-b': IMAGE, 'kk-c': IMAGE },
    );
    expect(await units('sync')).toMatchObject({ code: 1 });
    expect(said()).toContain('systemctl --no-block restart kk-unit@kk-c.service');
  });

  const digest = `sha256:${'a'.repeat(64)}`;
  const [registry = '', stack = ''] = REPOSITORY.split('/');
  it.each([
    ['another account', `999999999999${registry.slice(12)}/${stack}/agent@${digest}`],
    ['another region', `${registry.replace('us-east-1', 'us-east-2')}/${stack}/agent@${digest}`],
    ['another registry', `docker.io/${stack}/agent@${digest}`],
    ['another registry that begins alike', `${registry}.evil.example/${stack}/agent@${digest}`],
    ['a registry with a port', `${registry}:443/${stack}/agent@${digest}`],
    ['a scheme', `https://${registry}/${stack}/agent@${digest}`],
    ['a user', `x@${registry}/${stack}/agent@${digest}`],
    ['another stack', `${registry}/other/agent@${digest}`],
    ['another repository', `${registry}/${stack}/tools@${digest}`],
    ['a repository below', `${registry}/${stack}/agent/x@${digest}`],
    ['a repository that begins alike', `${registry}/${stack}/agent2@${digest}`],
    ['a path upwards', `${registry}/${stack}/../agent@${digest}`],
    ['a path through another', `${registry}/${stack}/x/../agent@${digest}`],
    ['a path in place', `${registry}/${stack}/./agent@${digest}`],
    ['an empty step', `${registry}/${stack}//agent@${digest}`],
    ['no registry', `${stack}/agent@${digest}`],
    ['no repository', `@${digest}`],
    ['a tag', `${REPOSITORY}/agent:0.2.0`],
    ['neither tag nor digest', `${REPOSITORY}/agent`],
    ['a tag beside the digest', `${REPOSITORY}/agent:0.2.0@${digest}`],
    ['two digests', `${REPOSITORY}/agent@${digest}@${digest}`],
    ['a digest in capitals', `${REPOSITORY}/agent@${digest.toUpperCase()}`],
    ['capital digits', `${REPOSITORY}/agent@sha256:${'A'.repeat(64)}`],
    ['a repository in capitals', `${REPOSITORY.toUpperCase()}/agent@${digest}`],
    ['a short digest', `${REPOSITORY}/agent@${digest.slice(0, -1)}`],
    ['a long digest', `${REPOSITORY}/agent@${digest}a`],
    ['another algorithm', `${REPOSITORY}/agent@sha512:${'a'.repeat(64)}`],
    ['a line end after it', `${REPOSITORY}/agent@${digest}\n`],
    ['a space before it', ` ${REPOSITORY}/agent@${digest}`],
    ['a word after it', `${REPOSITORY}/agent@${digest} --privileged`],
    ['an option', `--privileged`],
    ['nothing', ''],
  ])('runs no image but those of the fleet’s own repositories by digest: not %s', async (_, image) => {
    asked({ 'kk-a': unit('kk-a') }, { 'kk-a': image });
    const done = await units('sync');
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('kk-a is left as it is');
    expect(said()).toEqual([]);
    expect(existsSync(at('etc/kk/units/kk-a.json'))).toBe(false);
  });

  it('runs the hub’s image, too', async () => {
    asked({ hub: unit('hub') }, { hub: `${REPOSITORY}/hub@${digest}` });
    expect(await units('sync')).toMatchObject({ code: 0 });
  });

  it('runs a unit read-only, without capabilities, with its own token and nobody’s keys', async () => {
    asked({ 'kk-a': unit('kk-a') }, { 'kk-a': IMAGE });
    await units('sync');
    expect(await units('run', 'kk-a')).toMatchObject({ code: 0 });
    const args = readFileSync(at('docker'), 'utf8').trim().split('\n');
    expect(args).toEqual(expect.arrayContaining(['--read-only', 'no-new-privileges', '--pids-limit', '144m']));
    expect(args.join(' ')).toContain('--cap-drop ALL');
    expect(args.at(-1)).toBe(IMAGE);
    const token = readFileSync(at('run/kk/kk-a/token'), 'utf8');
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(args.join(' ')).not.toContain(token);
    expect(args.join(' ')).not.toMatch(/privileged|docker\.sock|SECRET_ACCESS_KEY/);
  });

  it('refuses a unit whose disk is not there, and makes no folder in its place', async () => {
    asked({ hub: unit('hub', { data: '/srv/hub' }) }, { hub: IMAGE });
    await units('sync');
    fake('mountpoint', 'exit 1');
    const done = await units('run', 'hub');
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('hub is not started: no disk is mounted at /srv/hub');
    expect(existsSync(at('srv'))).toBe(false);
    expect(existsSync(at('docker'))).toBe(false);

    fake('mountpoint', `echo "$*" > ${at('asked')}`);
    mkdirSync(at('srv/hub'), { recursive: true });
    expect(await units('run', 'hub')).toMatchObject({ code: 0 });
    expect(readFileSync(at('asked'), 'utf8').trim()).toBe(`-q ${at('srv/hub')}`);
    expect(readFileSync(at('docker'), 'utf8')).toContain(`${at('srv/hub')}:/state`);
  });

  it('says to the image what a unit is told to run', async () => {
    asked({ 'kk-a': unit('kk-a', { command: ['steward'] }) }, { 'kk-a': IMAGE });
    await units('sync');
    expect(await units('run', 'kk-a')).toMatchObject({ code: 0 });
    expect(readFileSync(at('docker'), 'utf8').trim().split('\n').slice(-2)).toEqual([IMAGE, 'steward']);
  });

  it('takes no command but its own', async () => {
    expect(await units('do', 'restart', '../../etc')).toMatchObject({ code: 1 });
    expect(await units('do', 'rm', 'kk-a')).toMatchObject({ code: 1 });
    expect(await units('run', 'kk-a;reboot')).toMatchObject({ code: 2 });
    expect(said()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('keeps no more connections of one container than its part', async () => {
    const child = spawn(PYTHON, [resolve('infra/host/kk-broker')], {
      env: { ...env, KK_BROKER_ADDRESS: '127.0.0.1', KK_BROKER_PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const sockets: Socket[] = [];
    try {
      const [line] = await once(child.stderr, 'data');
      const port = Number(/:(\d+)\s*$/m.exec(String(line))?.[1]);
      // As if from a container of its own, which begins requests and ends none.
      for (let i = 0; i < 60; i += 1) {
        const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
        socket.on('error', () => undefined).resume();
        socket.write('GET /units/kk-a HTTP/1.1\r\n');
        sockets.push(socket);
      }
      const open = () => sockets.filter((one) => !one.destroyed);
      await expect.poll(() => open().length, { timeout: 8000 }).toBe(16);
      expect((await fetch(`http://127.0.0.1:${port}/units/kk-a`)).status).toBe(403);
      // What it gives back it has again.
      for (const one of open()) one.destroy();
      const again = () =>
        new Promise<string>((resolve) => {
          let text = '';
          const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
          sockets.push(socket);
          socket.on('error', () => undefined).on('close', () => resolve(text));
          socket.on('data', (part) => {
            text += part;
          });
          socket.write('GET /units/kk-a HTTP/1.1\r\n\r\n');
        });
      await expect.poll(again, { timeout: 8000 }).toContain('403');
    } finally {
      for (const one of sockets) one.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  it('gives a container the credentials of its own role, as the AWS SDK asks for them, and of no other', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    fake(
      'aws',
      `echo "$*" >> ${at('said')}\necho '{"Credentials":{"AccessKeyId":"AKIA","SecretAccessKey":"s","SessionToken":"t","Expiration":"${soon}"}}'`,
    );
    for (const name of ['kk-a', 'kk-b']) {
      mkdirSync(at('etc/kk/units'), { recursive: true });
      mkdirSync(at('run/kk', name), { recursive: true });
      writeFileSync(at('etc/kk/units', `${name}.json`), JSON.stringify(unit(name)));
      writeFileSync(at('run/kk', name, 'token'), name.repeat(20));
    }
    const child = spawn(PYTHON, [resolve('infra/host/kk-broker')], {
      env: { ...env, KK_BROKER_ADDRESS: '127.0.0.1', KK_BROKER_PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const saved = { ...process.env };
    try {
      const [line] = await once(child.stderr, 'data');
      const base = `http://127.0.0.1:${/:(\d+)\s*$/m.exec(String(line))?.[1]}`;
      const ask = (name: string, token: string) =>
        fetch(`${base}/units/${name}`, { headers: { authorization: token } });
      expect((await ask('kk-b', 'kk-a'.repeat(20))).status).toBe(403);
      expect((await ask('kk-a', '')).status).toBe(403);
      expect((await ask('..%2f..%2fetc', 'x')).status).toBe(403);
      expect((await ask('kk-c', 'x')).status).toBe(403);
      for (const key of Object.keys(process.env)) if (key.startsWith('AWS_')) delete process.env[key];
      process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${base}/units/kk-a`;
      process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = at('run/kk/kk-a/token');
      process.env.AWS_EC2_METADATA_DISABLED = 'true';
      const got = await new S3Client({ region: 'us-east-1' }).config.credentials();
      expect(got).toMatchObject({ accessKeyId: 'AKIA', sessionToken: 't' });
      expect(said()).toEqual([expect.stringContaining(`--role-arn ${unit('kk-a').role} --role-session-name kk-a`)]);
    } finally {
      for (const key of Object.keys(process.env)) if (!(key in saved)) delete process.env[key];
      Object.assign(process.env, saved);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
});
