import { once } from 'node:events';
import { request } from 'node:https';
import type { Server } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../lib/hub/authenticator.ts';
import { type HubCertificate, openCertificate } from '../../lib/hub/certificate.ts';
import { createConduct } from '../../lib/hub/conduct.ts';
import { createHttpServer } from '../../lib/hub/http-server.ts';
import { createIrcGate } from '../../lib/hub/irc-gate.ts';
import { startNgircd } from '../../lib/hub/ngircd.ts';
import { createPushQueue } from '../../lib/hub/push-queue.ts';
import { makeFolder } from '../support/git.ts';
import { anAccount, passwordOf } from '../support/hub.ts';
import { CHANNEL, noNgircd, until } from '../support/irc.ts';

const suite = noNgircd === undefined ? describe : describe.skip;
const why = noNgircd === undefined ? '' : ` (skipped: ${noNgircd})`;
const REASON = 'kk-a is in quarantine until tomorrow';

suite(`an account that is closed${why}`, () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  let certificate: HubCertificate;
  let isClosed = false;
  const authenticator = createAuthenticator({ mayBeRight: () => false, learn: () => undefined });
  const closedReason = ({ account }: { readonly account: string }) =>
    isClosed && account === 'kk-a' ? REASON : undefined;
  const cleanUps: (() => unknown)[] = [];

  beforeEach(async () => {
    isClosed = false;
    [folder, removeFolder] = await makeFolder();
    certificate = await openCertificate(folder, Date.now());
    authenticator.replace([await anAccount('kk-a'), await anAccount('kk-b')]);
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    await removeFolder();
  });

  async function listen(server: Server): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  it('is answered 403 with the reason for every request, and nobody else is', async () => {
    const served = async ({ response }: { readonly response: { end: () => unknown } }) => void response.end();
    const port = await listen(
      createHttpServer({
        certificate,
        authenticator,
        git: { advertise: served, serve: served, running: () => 0, stop: () => undefined },
        conduct: createConduct(),
        pushQueue: createPushQueue(),
        health: async () => ({ status: 200, body: {} }),
        diskError: async () => undefined,
        closedReason,
        log: () => undefined,
      }),
    );
    const ask = (account: string, path: string, method = 'GET') =>
      new Promise<string>((resolve, reject) => {
        const to = { host: 'localhost', port, path, method, ca: certificate.ca, agent: false };
        const asked = request({ ...to, auth: `${account}:${passwordOf(account)}` }, (response) => {
          let text = '';
          response.on('data', (part: Buffer) => {
            text += part.toString();
          });
          response.on('end', () => resolve(`${response.statusCode ?? 0} ${text.trim()}`.trim()));
        });
        asked.on('error', reject);
        asked.end();
      });
    const fetch = '/vault.git/info/refs?service=git-upload-pack';
    expect(await ask('kk-a', fetch)).toBe('200');
    isClosed = true;
    for (const [path, method] of [[fetch], ['/turn', 'POST'], ['/turn', 'DELETE'], ['/elsewhere']]) {
      expect(await ask('kk-a', path ?? '', method)).toBe(`403 ${REASON}`);
    }
    expect(await ask('kk-b', fetch)).toBe('200');
  });

  it('is put out of the channel, and does not come in again', async () => {
    const ngircd = await startNgircd({ folder, channel: CHANNEL, topic: 'x', log: () => undefined });
    cleanUps.push(ngircd.stop);
    const gate = createIrcGate({ certificate, authenticator, ngircd, closedReason, log: () => undefined });
    cleanUps.push(gate.stop);
    const port = await listen(gate.server);
    const enter = (account: string) => {
      const socket = connect({ host: 'localhost', port, ca: certificate.ca });
      let heard = '';
      socket.on('data', (part: Buffer) => {
        heard += part.toString('latin1');
      });
      socket.on('error', () => undefined);
      cleanUps.push(() => socket.destroy());
      const plain = Buffer.from(`\0${account}\0${passwordOf(account)}`).toString('base64');
      socket.write(`CAP REQ :sasl\r\nAUTHENTICATE PLAIN\r\nAUTHENTICATE ${plain}\r\nNICK ${account}\r\n`);
      socket.write(`USER ${account} 0 * :x\r\nCAP END\r\n`);
      return () => heard;
    };
    const [a, b] = [enter('kk-a'), enter('kk-b')];
    await until('both are in', () => a().includes(' 001 ') && b().includes(' 001 '));
    isClosed = true;
    gate.recheck();
    await until('it is put out', () => a().includes(`ERROR :${REASON}`));
    const again = enter('kk-a');
    await until('it is refused', () => again().includes(`ERROR :${REASON}`));
    expect(again()).not.toContain(' 001 ');
    expect(b()).not.toContain('ERROR');
  });
});
