import { readdir } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, gitWith, makeFolder, writeFiles } from '../support/git.ts';
import { anAccount, cloneAs, gitIdentity, passwordOf, startTestHub, type TestHub } from '../support/hub.ts';
import { noNgircd } from '../support/irc.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;
const MIB = 2 ** 20;

suite(`the hub while one account attacks${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let hub: TestHub;
  const cleanUps: (() => unknown)[] = [];

  const start = async () => startTestHub(folder, [await anAccount('kk-a'), await anAccount('kk-b')]);
  beforeEach(async () => {
    [folder, removeFolder] = await makeFolder();
    hub = await start();
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
    await hub.hub.close();
    await removeFolder();
  });

  const basic = (account: string, password = passwordOf(account)) =>
    `Basic ${Buffer.from(`${account}:${password}`).toString('base64')}`;

  /** Sends a body for a git service; status 0 when the connection is cut. */
  function post(service: string, body: Buffer, headers: Readonly<Record<string, string>> = {}) {
    return new Promise<{ readonly status: number; readonly text: string }>((resolve) => {
      const all = { authorization: basic('kk-a'), 'content-type': `application/x-${service}-request`, ...headers };
      const to = { host: 'localhost', port: hub.hub.gitPort, path: `/vault.git/${service}`, ca: hub.ca, agent: false };
      const asked = request({ ...to, method: 'POST', headers: all }, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text = (text + part.toString()).slice(0, 1000);
        });
        response.on('close', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', () => undefined);
      });
      asked.on('error', () => resolve({ status: 0, text: '' }));
      asked.end(body);
    });
  }

  /** Opens a request that never ends: its head, and then a byte now and then. */
  function drip(head: string): void {
    const socket = connect({ host: 'localhost', port: hub.hub.gitPort, ca: hub.ca });
    socket.on('error', () => undefined);
    socket.write(head);
    const timer = setInterval(() => socket.writable && socket.write('1\r\nx\r\n'), 500);
    cleanUps.push(() => {
      clearInterval(timer);
      socket.destroy();
    });
  }

  async function pushAs(clone: string, account: string, name: string): Promise<void> {
    await writeFiles(clone, { [`agents/${account}/${name}.md`]: `${name}\n` });
    await git(clone, 'add', '--all');
    await git(clone, 'commit', '--quiet', '-m', name);
    await gitWith(gitIdentity(hub, account), clone, 'push', '--quiet', 'origin', 'HEAD:main');
    expect(await git(hub.repository, 'show', `main:agents/${account}/${name}.md`)).toBe(name);
  }

  async function health(): Promise<string> {
    return new Promise((resolve, reject) => {
      const to = { host: 'localhost', port: hub.hub.gitPort, path: '/healthz', ca: hub.ca, agent: false };
      request(to, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString();
        });
        response.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
  }

  it('takes another’s pushes beside slow connections, large bodies, wrong passwords and turns that nobody uses', async () => {
    const clone = await cloneAs(hub, folder, 'kk-b');
    let isOver = false;
    cleanUps.push(() => {
      isOver = true;
    });
    const again = async (work: () => Promise<unknown>) => {
      while (!isOver) await work();
    };
    const head = (service: string, authorization: string) =>
      `POST /vault.git/${service} HTTP/1.1\r\nHost: hub\r\nAuthorization: ${authorization}\r\nContent-Type: application/x-${service}-request\r\nTransfer-Encoding: chunked\r\n\r\n`;
    for (let n = 0; n < 20; n++) {
      drip(head('git-receive-pack', basic('kk-a')));
      drip(head('git-upload-pack', basic('kk-a')));
      drip('POST /turn HTTP/1.1\r\nHost: hub\r\n');
    }
    const attacks = [
      again(() => post('git-receive-pack', Buffer.alloc(3.9 * MIB))),
      again(() => post('git-upload-pack', Buffer.alloc(3.9 * MIB))),
      again(() => post('git-upload-pack', gzipSync(Buffer.alloc(3.9 * MIB)), { 'content-encoding': 'gzip' })),
      again(() =>
        post('git-upload-pack', Buffer.alloc(10), { authorization: basic('kk-b', `guess ${Math.random()}`) }),
      ),
      again(() => post('git-upload-pack', Buffer.alloc(10), { authorization: basic('nobody', 'guess') })),
    ];
    for (let n = 0; n < 3; n++) await pushAs(clone, 'kk-b', `during-${n}`);
    isOver = true;
    await Promise.all(attacks);
  });

  it('refuses it past its quota, also after a restart, keeps nothing of it, names it, and takes the others’', async () => {
    const clone = await cloneAs(hub, folder, 'kk-b');
    const statuses: number[] = [];
    let sentMib = 0;
    for (; statuses.at(-1) !== 429 && sentMib < 200; sentMib += 24) {
      statuses.push((await post('git-receive-pack', Buffer.alloc(24 * MIB))).status);
    }
    // Git takes none of it, and it counts all the same.
    expect(sentMib).toBeLessThanOrEqual(120);
    expect(await readdir(path.join(hub.state, 'hub', 'bodies'))).toEqual([]);
    const left = await readdir(path.join(hub.repository, 'objects'));
    expect(left.filter((name) => /^(?:tmp_|incoming)/.test(name))).toEqual([]);
    await pushAs(clone, 'kk-b', 'beside');

    await hub.hub.close();
    hub = await start();
    await git(clone, 'remote', 'set-url', 'origin', hub.url);
    const attacker = await cloneAs(hub, folder, 'kk-a');
    const said = await pushAs(attacker, 'kk-a', 'more').catch((error: Error) => error.message);
    expect(said).toMatch(
      /remote: kk-a has pushed \d+ MiB in the last 24 hours, and 96 MiB are its quota; there is room/,
    );
    await pushAs(clone, 'kk-b', 'after');
    const { ok, accounts } = JSON.parse(await health());
    expect([ok, accounts]).toEqual([
      true,
      [{ account: 'kk-a', why: [expect.stringContaining('at its quota of 96 MiB')] }],
    ]);
  });
});
