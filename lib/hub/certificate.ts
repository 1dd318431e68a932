import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { formatError, SwarmError } from '../core/errors.ts';
import { commitFile } from '../files/durable.ts';

/** What the hub shows on its ports, and the authority that clients trust. All PEM. */
export interface HubCertificate {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** When the server's certificate ends, in milliseconds since 1970. */
  readonly expiresMs: number;
}

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const SERVER_DAYS = 90;
/** So long before its end a certificate is made anew. */
const RENEW_MS = 30 * DAY_MS;

/** The authority may speak for these names only: clients may trust it besides the world's. */
const CONFIG = `[req]
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
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:hub,DNS:localhost,IP:127.0.0.1
`;
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/**
 * Gives the hub's certificate from a folder, making the authority at the first start and the server's certificate
 * whenever it is absent, near its end or not of this authority. Uses the program openssl; keys stay in the folder.
 * @throws SwarmError `hub/no-certificate`
 */
export async function openCertificate(folder: string, nowMs: number): Promise<HubCertificate> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const ca = (await readPair(folder, 'ca')) ?? (await makeAuthority(folder));
    const known = await readPair(folder, 'server');
    const isGood = known !== undefined && isOf(known.certificate, ca.certificate) && endOf(known) - nowMs > RENEW_MS;
    const server = isGood ? known : await makeServer(folder);
    return { ca: ca.certificate, ...server, expiresMs: endOf(server) };
  } catch (cause) {
    throw new SwarmError({
      code: 'hub/no-certificate',
      disposition: 'stop',
      message: `The hub's certificate in ${folder} can't be read or made: ${formatError(cause)}`,
      next: 'Check that openssl is installed and the folder can be written to.',
      cause,
    });
  }
}

/** What both TLS ports are opened with. */
export function tlsOptions({ certificate, key }: HubCertificate) {
  return { cert: certificate, key, minVersion: 'TLSv1.2' as const };
}

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

async function makeAuthority(folder: string): Promise<Pair> {
  return inDraft(folder, 'ca', async (openssl) => {
    await openssl('req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', String(CA_DAYS));
  });
}

async function makeServer(folder: string): Promise<Pair> {
  const serial = `0x${randomBytes(16).toString('hex')}`;
  return inDraft(folder, 'server', async (openssl) => {
    await openssl('req', '-new', ...NEW_KEY, '-subj', '/CN=hub', '-keyout', 'server.key', '-out', 'server.csr');
    const by = ['-CA', path.join(folder, 'ca.pem'), '-CAkey', path.join(folder, 'ca.key'), '-set_serial', serial];
    const extensions = ['-extfile', 'openssl.cnf', '-extensions', 'server', '-days', String(SERVER_DAYS)];
    await openssl('x509', '-req', '-in', 'server.csr', ...by, ...extensions, '-out', 'server.pem');
  });
}

/** Makes a pair in a folder of its own; the certificate is put in place last, so that a kill leaves no half of it. */
async function inDraft(
  folder: string,
  name: string,
  make: (openssl: (...args: readonly string[]) => Promise<unknown>) => Promise<void>,
): Promise<Pair> {
  const draft = await mkdtemp(path.join(folder, '.new-'));
  try {
    await writeFile(path.join(draft, 'openssl.cnf'), CONFIG);
    const env = { OPENSSL_CONF: path.join(draft, 'openssl.cnf') };
    await make((...args) => execa('openssl', [...args], { cwd: draft, env, timeout: 60_000, stdin: 'ignore' }));
    for (const ending of ['key', 'pem']) {
      await commitFile(path.join(draft, `${name}.${ending}`), path.join(folder, `${name}.${ending}`));
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  const made = await readPair(folder, name);
  if (made === undefined) throw new Error(`openssl made a ${name} certificate that doesn't fit its key`);
  return made;
}

/** A certificate and its key; undefined where one is absent, broken or doesn't belong to the other. */
async function readPair(folder: string, name: string): Promise<Pair | undefined> {
  try {
    const certificate = await readFile(path.join(folder, `${name}.pem`), 'utf8');
    const key = await readFile(path.join(folder, `${name}.key`), 'utf8');
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)) ? { certificate, key } : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A disk that can't be read must not lead to a new authority that no client trusts.
    if (code !== undefined && /^E[A-Z]+$/.test(code) && code !== 'ENOENT') throw error;
    return undefined;
  }
}

function isOf(certificate: string, ca: string): boolean {
  return new X509Certificate(certificate).verify(new X509Certificate(ca).publicKey);
}

function endOf({ certificate }: Pair): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}
