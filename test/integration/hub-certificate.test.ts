import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { connect, createServer, type Server } from 'node:tls';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HubCertificate, openCertificate, tlsOptions } from '../../lib/hub/certificate.ts';
import { startCertificateRenewal } from '../../lib/hub/certificate-renewal.ts';
import { makeFolder } from '../support/git.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let folder = '';
let removeFolder: () => Promise<void>;
beforeEach(async () => {
  [folder, removeFolder] = await makeFolder();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await removeFolder();
});

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
/** The configuration with which earlier hubs had openssl make their authority. */
const OPENSSL_CONFIG = `[req]
distinguished_name = dn
prompt = no
x509_extensions = ca
[dn]
CN = Karmakadabra hub authority
[ca]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
nameConstraints = critical,permitted;DNS:hub,permitted;DNS:localhost,permitted;IP:127.0.0.1/255.255.255.255
`;

function openssl(...args: readonly string[]) {
  return execa('openssl', [...args], { cwd: folder, env: { OPENSSL_CONF: path.join(folder, 'openssl.cnf') } });
}

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

  it('needs no program to be issued, and its keys are for their owner alone', async () => {
    vi.stubEnv('PATH', path.join(folder, 'nothing'));
    const { certificate, key } = await openCertificate(folder, Date.now());
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
    for (const name of ['ca.key', 'server.key']) {
      expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('goes on with an authority that openssl made, as hubs had before', async () => {
    await writeFile(path.join(folder, 'openssl.cnf'), OPENSSL_CONFIG);
    await openssl('req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3650');
    const before = await readFile(path.join(folder, 'ca.pem'), 'utf8');
    const opened = await openCertificate(folder, Date.now());
    expect(opened.ca).toBe(before);
    await openssl('verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ca.pem', 'server.pem');
    const server = createServer(tlsOptions(opened), (socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      expect(await shownBy(server, opened.ca)).toBe(new X509Certificate(opened.certificate).fingerprint256);
    } finally {
      server.close();
    }
  });

  it('has an authority that openssl believes for the hub’s names and for no other', async () => {
    await openCertificate(folder, Date.now());
    const verify = (file: string) => openssl('verify', '-x509_strict', '-CAfile', 'ca.pem', file);
    await verify('server.pem');
    await writeFile(path.join(folder, 'openssl.cnf'), OPENSSL_CONFIG);
    const issuedFor = async (names: string): Promise<void> => {
      await writeFile(path.join(folder, 'names'), `subjectAltName = ${names}\n`);
      await openssl('req', '-new', ...NEW_KEY, '-subj', '/O=x', '-keyout', 'other.key', '-out', 'other.csr');
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '1', '-extfile', 'names'];
      await openssl('x509', '-req', '-in', 'other.csr', ...by, '-out', 'other.pem');
    };
    await issuedFor('DNS:hub, DNS:localhost, IP:127.0.0.1');
    await verify('other.pem');
    for (const names of ['DNS:example.com', 'IP:127.0.0.2', 'DNS:hub, DNS:example.com']) {
      await issuedFor(names);
      await expect(verify('other.pem'), names).rejects.toThrow('permitted subtree violation');
    }
  });

  it('is shown by servers that run as soon as it is renewed, to clients that trust the authority', async () => {
    // TLS knows the true time only, so what is renewed was issued in the past.
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: now - 10 * DAY_MS });
    const first: HubCertificate = await openCertificate(folder, now - 69 * DAY_MS);
    const server = createServer(tlsOptions(first), (socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const said: string[] = [];
    const stop = startCertificateRenewal(folder, first, [server], (line) => said.push(line));
    try {
      const before = await shownBy(server, first.ca);
      await vi.advanceTimersByTimeAsync(HOUR_MS);
      expect(await shownBy(server, first.ca)).toBe(before);
      vi.setSystemTime(now - HOUR_MS);
      await vi.advanceTimersByTimeAsync(HOUR_MS);
      await expect.poll(() => said, { timeout: PATIENCE_MS }).toEqual(['The certificate was renewed']);
      expect(await shownBy(server, first.ca)).not.toBe(before);
      expect(await readFile(path.join(folder, 'ca.pem'), 'utf8')).toBe(first.ca);
    } finally {
      stop();
      server.close();
    }
  });
});
