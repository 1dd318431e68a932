import type { Server } from 'node:tls';
import { formatError } from '../core/errors.ts';
import { type HubCertificate, openCertificate, tlsOptions } from './certificate.ts';

const CHECK_MS = 3_600_000;

/** Checks the certificate each hour, renews it before it expires, and passes the new one to the running servers. Returns its stop function. */
export function startCertificateRenewal(
  folder: string,
  first: HubCertificate,
  servers: readonly Server[],
  log: (line: string) => void,
): () => void {
  let shown = first.certificate;
  const timer = setInterval(() => {
    openCertificate(folder, Date.now())
      .then((next) => {
        if (next.certificate === shown) return;
        shown = next.certificate;
        for (const server of servers) server.setSecureContext(tlsOptions(next));
        log('The certificate was renewed');
      })
      .catch((error: unknown) => log(formatError(error)));
  }, CHECK_MS);
  return () => clearInterval(timer);
}
