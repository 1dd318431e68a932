// tsyringe, a dependency of @peculiar/x509, needs this to be loaded first.
import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key (PKCS #8), both PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** The hub's DNS names: those of its certificate, and the only ones that its authority may certify. */
const DNS_NAMES = ['hub', 'localhost'] as const;
const ADDRESS = '127.0.0.1';

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
const SERVER_DAYS = 90;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * Issues a certificate authority for the hub's own names. The name constraints (RFC 5280 §4.2.1.10) keep it from
 * certifying any other server, so clients can trust it beside the public authorities.
 */
export async function issueAuthority(nowMs: number): Promise<IssuedCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=Karmakadabra hub authority',
      keys,
      signingAlgorithm: ALGORITHM,
      ...validity(nowMs, CA_DAYS),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        nameConstraints(),
      ],
    },
    webcrypto,
  );
  return format(certificate, keys.privateKey);
}

/** Issues a certificate for the hub's servers, signed by an authority, with a new key. */
export async function issueServerCertificate(authority: IssuedCertificate, nowMs: number): Promise<IssuedCertificate> {
  const ca = new x509.X509Certificate(authority.certificate);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: 'CN=hub',
      issuer: ca.subjectName,
      publicKey: keys.publicKey,
      signingKey: await importKey(authority.key),
      signingAlgorithm: ALGORITHM,
      ...validity(nowMs, SERVER_DAYS),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey, false, webcrypto),
        new x509.SubjectAlternativeNameExtension([
          ...DNS_NAMES.map((value) => ({ type: 'dns' as const, value })),
          { type: 'ip', value: ADDRESS },
        ]),
      ],
    },
    webcrypto,
  );
  return format(certificate, keys.privateKey);
}

function nameConstraints(): x509.Extension {
  const names = [...DNS_NAMES.map((dNSName) => ({ dNSName })), { iPAddress: `${ADDRESS}/32` }];
  const permitted = names.map((name) => new GeneralSubtree({ base: new GeneralName(name) }));
  const constraints = new NameConstraints({ permittedSubtrees: new GeneralSubtrees(permitted) });
  return new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints));
}

/** The validity in whole seconds, since certificates store no fractions. */
function validity(nowMs: number, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const fromMs = Math.floor(nowMs / 1000) * 1000;
  return { notBefore: new Date(fromMs), notAfter: new Date(fromMs + days * DAY_MS) };
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const pkcs8 = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
}

async function format(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<IssuedCertificate> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: String(
      createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }),
    ),
  };
}
