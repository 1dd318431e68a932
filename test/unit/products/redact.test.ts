import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noCounts } from '../../../lib/products/ingest/counts.ts';
import { redact } from '../../../lib/products/ingest/redact.ts';

const cleaned = (text: string) => redact(text, noCounts());
/** Words that may stand around a secret. */
const around = fc.constantFrom('', 'mine is ', 'look: ', '(', 'see "', 'es ', '→ ');
const after = fc.constantFrom('', ' ok', ', right?', ')', '"', ' y ya', ' …');
/** Any but those that look like a kernel of the 2.6 series. */
const address4 = fc.ipV4().filter((ip) => !ip.startsWith('2.6.'));
const hex = (length: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((all) => all.join(''));

describe('redaction', () => {
  it('leaves no e-mail address', () => {
    fc.assert(
      fc.property(fc.emailAddress(), around, after, (email, before, behind) => {
        const text = cleaned(`${before}${email}${behind}`);
        expect(text).not.toContain(email);
        // The address `a.aa/@b.cc` is a page's with the name of a person, too.
        expect(text).toMatch(/\[(?:email|key|ip|name)\]/);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves no IPv4 and no IPv6 address', () => {
    fc.assert(
      fc.property(fc.oneof(address4, fc.ipV6()), around, after, (ip, before, behind) => {
        const text = cleaned(`${before}${ip}${behind}`);
        expect(text).toContain('[ip]');
        expect(text).not.toContain(ip);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves no key: long hex, AWS, PEM, OpenSSH, fingerprints', () => {
    fc.assert(
      fc.property(hex(64), hex(40), (privateKey, fingerprint) => {
        const gpg = fingerprint.toUpperCase().replace(/(.{4})(?=.)/g, '$1 ');
        const text = cleaned(`0x${privateKey} and ${gpg}`);
        expect(text).not.toContain(privateKey);
        expect(text).not.toContain(gpg);
      }),
    );
    for (const secret of [
      'AKIAIOSFODNN7EXAMPLE',
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1234'.slice(0, 40),
      '-----BEGIN RSA PRIVATE KEY-----MIIEpAIBAAKCAQEA-----END RSA PRIVATE KEY-----',
      'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDZk9 me',
      'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      '43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8',
    ]) {
      const counts = noCounts();
      expect(redact(`it is ${secret}`, counts), secret).toContain('[key]');
      expect(counts.key).toBeGreaterThan(0);
    }
  });

  it('leaves no phone number', () => {
    for (const number of ['+34 612 345 678', '+1 (555) 123-4567', '555-123-4567', '612 345 678', '0034612345678']) {
      expect(cleaned(`llámame al ${number}`), number).toBe('llámame al [phone]');
    }
  });

  it('leaves alone what is no secret', () => {
    for (const text of [
      'kernel 2.6.15-23-386 on 10.04.2, 12:30 to 14:45',
      'std::vector<int> and Foo::Bar, a == b',
      'mount /dev/sda1 at 1280x1024, 640 480, 44100 Hz',
      'el año 2006-05-14, así de fácil',
      'meet me @ the office, 100% sure',
    ]) {
      expect(cleaned(text)).toBe(text);
    }
  });

  it('finds nothing more in what it has cleaned', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const once = cleaned(text);
        expect(cleaned(once)).toBe(once);
      }),
    );
  });

  it('takes time linear in the length of hostile text', () => {
    for (const piece of ['a', '@', 'a@', '1.', ':', '0', 'a at ', '+1', '-----BEGIN ', 'ab12 ', '1-']) {
      const started = performance.now();
      cleaned(piece.repeat(4000 / piece.length));
      expect(performance.now() - started, piece).toBeLessThan(2000);
    }
  });
});
