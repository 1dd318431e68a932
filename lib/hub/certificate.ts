import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatError, SwarmError } from '../core/errors.ts';
import { writeDurably } from '../files/durable.ts';
import { PRIVATE } from '../files/private-file.ts';
import type { IssuedCertificate } from './issue-certificate.ts';

/** The hub's server certificate and the authority that clients trust. All PEM. */
export interface HubCertificate {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** When the server's certificate expires, in milliseconds since 1970. */
  readonly expiresMs: number;
}

/** A certificate is renewed this long before it expires. */
const RENEW_MS = 30 * 86_400_000;

/**
 * Opens the hub's certificate in a folder. Issues the authority at the first start, and the server's certificate whenever
 * it is absent, about to expire or not issued by this authority. Private keys stay in the folder.
 * @throws SwarmError `hub/no-certificate`
 */
export async function openCertificate(folder: string, nowMs: number): Promise<HubCertificate> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const ca = (await readPair(folder, 'ca')) ?? (await issue(folder, 'ca', (by) => by.issueAuthority(nowMs)));
    const known = await readPair(folder, 'server');
    const isGood = known !== undefined && isOf(known.certificate, ca.certificate) && endOf(known) - nowMs > RENEW_MS;
    const server = isGood ? known : await issue(folder, 'server', (by) => by.issueServerCertificate(ca, nowMs));
    return { ca: ca.certificate, ...server, expiresMs: endOf(server) };
  } catch (cause) {
    throw new SwarmError({
      code: 'hub/no-certificate',
      disposition: 'stop',
      message: `The hub's certificate in ${folder} can't be read or issued: ${formatError(cause)}`,
      next: 'Check that the folder can be read and written by the user of the hub.',
      cause,
    });
  }
}

/** The TLS options of both ports. */
export function tlsOptions({ certificate, key }: HubCertificate) {
  return { cert: certificate, key, minVersion: 'TLSv1.2' as const };
}

/**
 * Issues a certificate and writes it with its key. The certificate is written last: a kill in between leaves a pair that
 * doesn't match, which the next start issues again.
 */
async function issue(
  folder: string,
  name: string,
  create: (by: typeof import('./issue-certificate.ts')) => Promise<IssuedCertificate>,
): Promise<IssuedCertificate> {
  // Imported only here: the library takes 20 MB of memory, and most starts issue nothing.
  const issued = await create(await import('./issue-certificate.ts'));
  await writeDurably(path.join(folder, `${name}.key`), issued.key, { mode: PRIVATE });
  await writeDurably(path.join(folder, `${name}.pem`), issued.certificate, { mode: 0o644 });
  return issued;
}

/** Reads a certificate and its key; undefined when one is absent or damaged, or they don't match. */
async function readPair(folder: string, name: string): Promise<IssuedCertificate | undefined> {
  try {
    const certificate = await readFile(path.join(folder, `${name}.pem`), 'utf8');
    const key = await readFile(path.join(folder, `${name}.key`), 'utf8');
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)) ? { certificate, key } : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // An error of the disk must not lead to a new authority, which no client trusts.
    if (code !== undefined && /^E[A-Z]+$/.test(code) && code !== 'ENOENT') throw error;
    return undefined;
  }
}

function isOf(certificate: string, ca: string): boolean {
  return new X509Certificate(certificate).verify(new X509Certificate(ca).publicKey);
}

function endOf({ certificate }: IssuedCertificate): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}
