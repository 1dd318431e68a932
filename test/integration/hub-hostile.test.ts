import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, gitWith, makeFolder, writeFiles } from '../support/git.ts';
import { anAccount, cloneAs, gitIdentity, passwordOf, startTestHub, type TestHub } from '../support/hub.ts';
import { noNgircd } from '../support/irc.ts';
import { until } from '../support/vault.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;

suite(`a hostile account or stranger at the hub${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let hub: TestHub;
  let clone = '';
  let head = '';

  beforeAll(async () => {
    [folder, removeFolder] = await makeFolder();
    hub = await startTestHub(folder, [
      await anAccount('kk-a'),
      await anAccount('kk-b'),
      await anAccount('ana', 'person'),
    ]);
    clone = await cloneAs(hub, folder, 'kk-a');
    await writeFiles(clone, { 'agents/kk-a/state.md': 'alive\n' });
    await commitAll();
    await gitWith(gitIdentity(hub, 'kk-a'), clone, 'push', '--quiet', 'origin', 'HEAD:main');
    head = await git(hub.repository, 'rev-parse', 'main');
  });
  afterAll(async () => {
    await hub?.hub.close();
    await removeFolder();
  });

  async function commitAll(...options: readonly string[]): Promise<void> {
    await git(clone, 'add', '--all', '--force');
    await git(clone, ...options, 'commit', '--quiet', '--allow-empty', '-m', 'Change');
  }

  /** Pushes and gives what git says; nothing may have changed, and the clone is set back. */
  async function refused(...args: readonly string[]): Promise<string> {
    const target = args.length === 0 ? ['origin', 'HEAD:main'] : args;
    const said = await gitWith(gitIdentity(hub, 'kk-a'), clone, 'push', ...target).then(
      () => 'landed',
      (error: Error) => error.message,
    );
    await git(clone, 'checkout', '--quiet', '-f', 'main');
    await git(clone, 'reset', '--quiet', '--hard', 'origin/main');
    await git(clone, 'clean', '-qfd');
    expect(await git(hub.repository, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
      `refs/heads/main ${head}`,
    );
    return said;
  }

  it.each([
    ['another author', ['-c', 'user.name=kk-b', '-c', 'user.email=kk-b@karmakadabra.invalid'], 'its author is "kk-b"'],
    ['another’s address', ['-c', 'user.email=kk-b@karmakadabra.invalid'], 'e-mail address is not kk-a@'],
    [
      'people as author',
      ['-c', 'user.name=people', '-c', 'user.email=people@karmakadabra.invalid'],
      'its author is "people"',
    ],
  ])('refuses commits by %s', async (_what, identity, reason) => {
    await writeFiles(clone, { 'agents/kk-a/x.md': 'x\n' });
    await commitAll(...identity);
    expect(await refused()).toContain(reason);
  });

  it('refuses a commit that names somebody as co-author for whom its account can’t write, or changes a path of theirs', async () => {
    await writeFiles(clone, { 'agents/kk-a/x.md': 'x\n' });
    await git(clone, 'add', '--all');
    const shared = 'Rest\n\nco-authored-by:\n kk-b <kk-b@karmakadabra.invalid>';
    await git(clone, 'commit', '--quiet', '-m', shared);
    expect(await refused()).toContain('it names the co-author "kk-b <kk-b@karmakadabra.invalid>"');
  });

  it('refuses a commit of the future, one with a huge message, and a merge', async () => {
    await writeFiles(clone, { 'agents/kk-a/x.md': 'x\n' });
    await git(clone, 'add', '--all');
    await gitWith({ GIT_COMMITTER_DATE: '2099-01-01T00:00:00Z' }, clone, 'commit', '--quiet', '-m', 'Later');
    expect(await refused()).toContain('its date is in the future');

    await writeFile(path.join(folder, 'message'), `Long\n\n${'word '.repeat(10_000)}`);
    await git(clone, 'commit', '--quiet', '--allow-empty', '-F', path.join(folder, 'message'));
    expect(await refused()).toContain('its message is over');

    await git(clone, 'checkout', '--quiet', '-b', 'side', 'HEAD~1');
    await commitAll();
    await git(clone, 'checkout', '--quiet', 'main');
    await git(clone, 'merge', '--quiet', '--no-ff', '-m', 'Merge', 'side');
    expect(await refused()).toContain('is a merge');
  });

  it('refuses links, programs and submodules', async () => {
    await mkdir(path.join(clone, 'agents', 'kk-a'), { recursive: true });
    await symlink('/etc/passwd', path.join(clone, 'agents', 'kk-a', 'link.md'));
    await commitAll('-c', 'core.symlinks=true');
    expect(await refused()).toContain('is a symbolic link');

    await writeFiles(clone, { 'agents/kk-a/run.md': '#!/bin/sh\n' });
    await chmod(path.join(clone, 'agents', 'kk-a', 'run.md'), 0o755);
    await commitAll('-c', 'core.fileMode=true');
    expect(await refused()).toContain('is executable');

    await git(clone, 'update-index', '--add', '--cacheinfo', `160000,${head},agents/kk-a/sub`);
    await git(clone, 'commit', '--quiet', '-m', 'Submodule');
    expect(await refused()).toContain('is a submodule');
  });

  it('refuses paths that climb out, in trees made by hand', async () => {
    const blob = await git(clone, 'rev-parse', 'HEAD:agents/kk-a/state.md');
    for (const name of ['..', '.git', '.', 'GIT~1', 'a\\b', 'con']) {
      const inner = await makeTree([`100644 blob ${blob}\t${name}`]);
      const mine = await makeTree([`040000 tree ${inner}\tkk-a`]);
      const root = await makeTree([`040000 tree ${mine}\tagents`]);
      const commit = await git(clone, 'commit-tree', root, '-p', head, '-m', 'Climb');
      const said = await refused('origin', `${commit}:refs/heads/main`);
      // Either git's own check of objects or the hub's says no.
      expect(said).toMatch(/unpacker error|is not a valid path in the vault|belongs to/);
    }
  });

  it('refuses what is too large, however well it packs', async () => {
    await writeFile(path.join(clone, 'agents', 'kk-a', 'zeros.md'), Buffer.alloc(9 * 2 ** 20));
    await commitAll();
    expect(await refused()).toContain('is over 8 MiB');
  });

  it('refuses to set main back, to delete it, and any other ref', async () => {
    await git(clone, 'checkout', '--quiet', '--detach', 'HEAD~1');
    await writeFiles(clone, { 'agents/kk-a/fork.md': 'x\n' });
    await commitAll();
    expect(await refused('--force', 'origin', 'HEAD:main')).toMatch(/moved on, or would be set back/);
    expect(await refused('--force', 'origin', 'HEAD~1:main')).toMatch(/set back/);
    expect(await refused('origin', ':main')).toMatch(/may not be deleted|deletion prohibited/);
    expect(await refused('origin', 'HEAD:refs/heads/other')).toContain('only main may be pushed');
    expect(await refused('origin', 'HEAD:refs/tags/v1')).toContain('only main may be pushed');
    await writeFiles(clone, { 'agents/kk-a/two.md': 'x\n' });
    await commitAll();
    expect(await refused('origin', 'HEAD:main', 'HEAD:refs/heads/second')).toContain('only main may be pushed');
  });

  it('takes no push around the hub', async () => {
    const said = await gitWith({}, clone, 'push', hub.repository, 'HEAD~1:refs/heads/direct').catch(
      (error: Error) => error.message,
    );
    expect(said).toContain('takes pushes through its hub only');
  });

  it('lets nobody read without the right password, and everybody with it, whatever others guess', async () => {
    const clones = (account: string, password: string) =>
      gitWith(gitIdentity(hub, account, password), folder, 'ls-remote', hub.url).then(
        () => 'read',
        (error: Error) => error.message,
      );
    expect(await clones('kk-a', '')).toMatch(/could not read Username/);
    expect(await clones('nobody', 'x')).toMatch(/could not read Username/);
    expect(await clones('kk-b', passwordOf('kk-a'))).toMatch(/could not read Username/);
    const statuses = new Set<number>();
    for (let guess = 0; guess < 20; guess++) {
      statuses.add((await ask('/vault.git/info/refs?service=git-upload-pack', { auth: `kk-b:guess ${guess}` })).status);
    }
    expect([...statuses]).toEqual([401]);
    // Neither who was let in before is locked out by the guesses of others, nor who comes for the first time.
    expect(await clones('kk-a', passwordOf('kk-a'))).toBe('read');
    expect(await clones('kk-b', passwordOf('kk-b'))).toBe('read');
  });

  it('answers nothing but its few addresses', async () => {
    const auth = `kk-a:${passwordOf('kk-a')}`;
    const addresses = [
      '/',
      '/vault.git/config',
      '/vault.git/HEAD',
      '/vault.git/objects/info/packs',
      '/vault.git/../hub/tls/ca.key',
      '/vault.git/%2e%2e/hub/tls/ca.key',
      '/hub/tls/ca.key',
      '//vault.git/info/refs?service=git-upload-pack',
      '/vault.git/info/refs',
      '/vault.git/info/refs?service=git-upload-archive',
      '/vault.git/info/refs?service=git-receive-pack&x=1',
      '/other.git/info/refs?service=git-upload-pack',
      '/__proto__',
      '/constructor',
    ];
    for (const address of addresses) expect([address, (await ask(address, { auth })).status]).toEqual([address, 404]);
    expect((await ask('/vault.git/git-receive-pack', { auth })).status).toBe(405);
    expect((await ask('/vault.git/git-receive-pack', { auth, method: 'POST' })).status).toBe(415);
    expect((await ask('/turn', { method: 'POST' })).status).toBe(401);
    expect((await ask('/healthz', {})).status).toBe(200);
  });

  it('cuts off bodies that are announced or unpacked too large', async () => {
    const auth = `kk-a:${passwordOf('kk-a')}`;
    const type = { 'content-type': 'application/x-git-upload-pack-request' };
    const announced = await ask('/vault.git/git-upload-pack', {
      auth,
      method: 'POST',
      headers: { ...type, 'content-length': String(2 ** 40) },
      body: Buffer.alloc(1000),
    });
    expect(announced.status).toBe(413);
    const bomb = await ask('/vault.git/git-upload-pack', {
      auth,
      method: 'POST',
      headers: { ...type, 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(64 * 2 ** 20)),
    });
    expect(bomb.status).toBe(413);
    expect((await ask('/healthz', {})).status).toBe(200);
  });

  it('ends who sends headers without end or drop by drop, while others are served', async () => {
    const sockets = Array.from({ length: 20 }, () => connect({ host: 'localhost', port: hub.hub.gitPort, ca: hub.ca }));
    let ended = 0;
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        ended += 1;
      });
      socket.write('POST /vault.git/git-receive-pack HTTP/1.1\r\nHost: hub\r\n');
    }
    const drip = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('X-Drop: 1\r\n');
    }, 500);
    try {
      expect(await gitWith(gitIdentity(hub, 'kk-a'), folder, 'ls-remote', hub.url)).toContain(head);
      await until('all are put out', () => ended === sockets.length, 60_000);
    } finally {
      clearInterval(drip);
      for (const socket of sockets) socket.destroy();
    }
  });

  async function makeTree(entries: readonly string[]): Promise<string> {
    // hash-object --literally makes what mktree would refuse.
    const parts = entries.map((entry) => {
      const [meta = '', name = ''] = entry.split('\t');
      const [mode = '', , id = ''] = meta.split(' ');
      return Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(id, 'hex')]);
    });
    const args = ['-C', clone, 'hash-object', '-t', 'tree', '--literally', '-w', '--stdin'];
    const { stdout } = await execa('git', args, { input: Buffer.concat(parts) });
    return stdout.trim();
  }

  interface Asked {
    readonly auth?: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Buffer;
  }

  /** Sends a request as it is written; status 0 when the connection is cut. */
  function ask(
    address: string,
    { auth, method = 'GET', headers = {}, body }: Asked,
  ): Promise<{ readonly status: number }> {
    return new Promise((resolve) => {
      const options = { host: 'localhost', port: hub.hub.gitPort, path: address, method, headers, ca: hub.ca };
      const asked = request({ ...options, agent: false, ...(auth === undefined ? {} : { auth }) }, (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0 }));
        response.on('error', () => resolve({ status: response.statusCode ?? 0 }));
      });
      asked.on('error', () => resolve({ status: 0 }));
      asked.end(body);
    });
  }
});
