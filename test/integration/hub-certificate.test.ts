import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { connect, createServer, type Server } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HubCertificate, openCertificate, tlsOptions } from '../../lib/hub/certificate.ts';
import { keepFresh } from '../../lib/hub/keep-fresh.ts';
import { makeFolder } from '../support/git.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const DAY_MS = 86_400_000;
let folder = '';
let removeFolder: () => Promise<void>;
beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
});
afterEach(async () => {
  vi.useRealTimers();
  await removeFolder();
});

/** The fingerprint that a server shows to a client that trusts the authority and nobody else. */
async function shownBy(server: Server, ca: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port, servername: 'hub', ca });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('the hub’s certificate', () => {
  it('stays from start to start, and is renewed by the same authority a month before its end', async () => {
    const now = Date.now();
    const first = await openCertificate(folder, now);
    expect(await openCertificate(folder, now + 59 * DAY_MS)).toEqual(first);
    const next = await openCertificate(folder, now + 61 * DAY_MS);
    expect(next.ca).toBe(first.ca);
    expect(next.certificate).not.toBe(first.certificate);
    expect(next.key).not.toBe(first.key);
  });

  it('is made anew when it is broken, and says so when its folder can’t be read', async () => {
    const first = await openCertificate(folder, Date.now());
    await writeFile(path.join(folder, 'server.pem'), 'broken');
    const mended = await openCertificate(folder, Date.now());
    expect(mended.ca).toBe(first.ca);
    expect(mended.certificate).not.toBe(first.certificate);
    await writeFile(path.join(folder, 'not-a-folder'), '');
    await expect(openCertificate(path.join(folder, 'not-a-folder'), Date.now())).rejects.toMatchObject({
      code: 'hub/no-certificate',
    });
  });

  it('is shown by servers that run as soon as it is renewed, to clients that trust the authority', async () => {
    const first: HubCertificate = await openCertificate(folder, Date.now());
    const server = createServer(tlsOptions(first), (socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const said: string[] = [];
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    const stop = keepFresh(folder, first, [server], (line) => said.push(line));
    try {
      const before = await shownBy(server, first.ca);
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(await shownBy(server, first.ca)).toBe(before);
      vi.setSystemTime(Date.now() + 61 * DAY_MS);
      await vi.advanceTimersByTimeAsync(3_600_000);
      await expect.poll(() => said, { timeout: PATIENCE_MS }).toEqual(['The certificate was renewed']);
      expect(await shownBy(server, first.ca)).not.toBe(before);
      expect(await readFile(path.join(folder, 'ca.pem'), 'utf8')).toBe(first.ca);
    } finally {
      stop();
      server.close();
    }
  });
});
