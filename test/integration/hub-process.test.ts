import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { anAccount, passwordOf } from '../support/hub.ts';
import { noNgircd } from '../support/irc.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { eventually, makeSwarmBox, type SwarmBox } from '../support/swarm.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;
const AGENTS = ['kk-a', 'kk-b'] as const;

suite(`the program of the hub’s container${why}`, () => {
  let box: SwarmBox;
  beforeEach(async () => {
    box = await makeSwarmBox();
  });
  afterEach(() => box.cleanUp());

  it('ends with code 0 at SIGTERM while one account has the turn to push and another waits for it', async () => {
    const secret = join(box.root, 'hub-secret.json');
    const accounts = await Promise.all(AGENTS.map((name) => anAccount(name)));
    await writeFile(secret, JSON.stringify({ apiVersion: 'karmakadabra/v1', kind: 'HubSecret', accounts }));
    const [gitPort, ircPort] = [await freePort(), await freePort()];
    const hub = box.start(process.execPath, [box.program, 'hub'], {
      KK_HUB_HOST: '127.0.0.1',
      KK_GIT_PORT: String(gitPort),
      KK_IRC_PORT: String(ircPort),
      KK_STATE: join(box.root, 'hub'),
      KK_SECRET_FILE: secret,
    });
    /** The status of the answer to an account that asks for the turn. */
    const turn = (account: string) =>
      new Promise<number>((resolve, reject) => {
        const to = { host: '127.0.0.1', port: gitPort, path: '/turn', method: 'POST' };
        const asked = request({ ...to, rejectUnauthorized: false, auth: `${account}:${passwordOf(account)}` });
        asked.once('response', ({ statusCode = 0 }) => resolve(statusCode)).once('error', reject);
        asked.end();
      });
    const first = await eventually('the hub answers', PATIENCE_MS, () => turn('kk-a').catch(() => undefined));
    const second = turn('kk-b').catch(() => 503);
    process.kill(hub.pid, 'SIGTERM');
    const { exitCode, stdout, stderr } = await hub.ended;
    expect({ first, exitCode, stderr }, stdout).toEqual({ first: 200, exitCode: 0, stderr: '' });
    // Cut off, or told so where it came after the signal.
    expect(await second).toBe(503);
  });
});
