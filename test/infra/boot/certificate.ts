import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './command.ts';

/** Files of a certificate authority and of one certificate that it signed. */
export interface Certificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes both in a folder. `*` stands for one label of a name, as TLS has it. */
export async function makeCertificate(folder: string, names: readonly string[]): Promise<Certificate> {
  const at = (name: string) => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
  await must(
    'openssl',
    ...['req', '-x509', ...key, '-days', '2', '-subj', '/CN=Cloud of a test'],
    ...['-keyout', at('ca.key'), '-out', at('ca.pem')],
  );
  await must('openssl', ...['req', ...key, '-subj', '/CN=cloud', '-keyout', at('cloud.key'), '-out', at('cloud.csr')]);
  writeFileSync(at('names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  await must(
    'openssl',
    ...['x509', '-req', '-days', '2', '-in', at('cloud.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-CAcreateserial', '-extfile', at('names'), '-out', at('cloud.pem')],
  );
  return { authority: at('ca.pem'), certificate: at('cloud.pem'), key: at('cloud.key') };
}
