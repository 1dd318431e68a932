import type { Server } from 'node:tls';
import { formatError } from '../core/errors.ts';
import { type HubCertificate, openCertificate, tlsOptions } from './certificate.ts';

const LOOK_MS = 3_600_000;

/** Looks each hour whether the certificate nears its end, and shows the new one then. Gives the function that stops it. */
export function keepFresh(
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
  }, LOOK_MS);
  return () => clearInterval(timer);
}
