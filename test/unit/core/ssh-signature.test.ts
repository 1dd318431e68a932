import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSshKeyLine } from '../../../lib/core/ssh-key.ts';
import { formatSshPrivateKey, parseSshPrivateKey, sshKeyOfSeed } from '../../../lib/core/ssh-private-key.ts';
import { parseSshSignature, signWithSsh, verifySshSignature } from '../../../lib/core/ssh-signature.ts';
import { sshString } from '../../../lib/core/ssh-wire.ts';

const TEXT = 'a text\nof two lines\n';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kk-ssh-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keygen = (...args: readonly string[]) => execFileSync('ssh-keygen', args, { cwd: folder, stdio: 'pipe' });
const unarmored = (text: string) => text.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, '');

describe('a signature of ssh-keygen', () => {
  it('is valid for its text and namespace, and for no other', () => {
    keygen('-q', '-t', 'ed25519', '-N', '', '-C', 'anna', '-f', 'anna');
    writeFileSync(path.join(folder, 'text'), TEXT);
    keygen('-Y', 'sign', '-f', 'anna', '-n', 'karmakadabra', 'text');
    const signature = parseSshSignature(unarmored(readFileSync(path.join(folder, 'text.sig'), 'utf8')));
    if (signature === undefined) throw new Error('not parsed');
    expect(signature.key.blob).toBe(parseSshKeyLine(readFileSync(path.join(folder, 'anna.pub'), 'utf8'))?.blob);
    expect(verifySshSignature(signature, 'karmakadabra', TEXT)).toBe(true);
    expect(verifySshSignature(signature, 'karmakadabra', `${TEXT} `)).toBe(false);
    expect(verifySshSignature(signature, 'git', TEXT)).toBe(false);
    expect(verifySshSignature({ ...signature, namespace: 'git' }, 'git', TEXT)).toBe(false);
  });

  it('made here is valid to ssh-keygen, which can also sign with a key made here', () => {
    const seed = randomBytes(32);
    const key = sshKeyOfSeed(seed);
    const file = formatSshPrivateKey(seed, 'the operator');
    writeFileSync(path.join(folder, 'made'), file, { mode: 0o600 });
    const line = keygen('-y', '-f', 'made').toString();
    expect(parseSshKeyLine(line)?.blob).toBe(key.publicWire.toString('base64'));
    expect(parseSshPrivateKey(file)?.publicWire).toEqual(key.publicWire);
    const base64 = signWithSsh(key.privateKey, key.publicWire, 'karmakadabra', TEXT);
    const armored = `-----BEGIN SSH SIGNATURE-----\n${base64.replace(/.{70}/g, '$&\n')}\n-----END SSH SIGNATURE-----\n`;
    writeFileSync(path.join(folder, 'made.sig'), armored);
    writeFileSync(path.join(folder, 'allowed'), `me ${line}`);
    execFileSync('ssh-keygen', ['-Y', 'verify', '-f', 'allowed', '-I', 'me', '-n', 'karmakadabra', '-s', 'made.sig'], {
      cwd: folder,
      input: TEXT,
      stdio: 'pipe',
    });
  });
});

/** A signature of a security token's key, with its flags (PROTOCOL.u2f). */
function tokenSignature(flags: number, text: string): string {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const type = 'sk-ssh-ed25519@openssh.com';
  const digest = (algorithm: string, value: string | Uint8Array) => createHash(algorithm).update(value).digest();
  const of = (parts: readonly (string | Uint8Array)[]) => Buffer.concat(parts.map((part) => sshString(part)));
  const blob = Buffer.concat([Buffer.from('SSHSIG'), of(['n', '', 'sha512', digest('sha512', text)])]);
  const tail = Buffer.from([flags, 0, 0, 0, 7]);
  const signed = sign(null, Buffer.concat([digest('sha256', 'ssh:'), tail, digest('sha256', blob)]), privateKey);
  const inner = Buffer.concat([of([type, signed]), tail]);
  const outer = of([of([type, raw, 'ssh:']), 'n', '', 'sha512', inner]);
  return Buffer.concat([Buffer.from('SSHSIG'), Buffer.from([0, 0, 0, 1]), outer]).toString('base64');
}

describe('a signature of a security token', () => {
  it.each([
    ['counts when it was touched', 1, true],
    ['counts for nothing when nobody touched it', 0, false],
  ])('%s', (_, flags, isValid) => {
    const signature = parseSshSignature(tokenSignature(flags, TEXT));
    if (signature === undefined) throw new Error('not parsed');
    expect(verifySshSignature(signature, 'n', TEXT)).toBe(isValid);
    expect(verifySshSignature(signature, 'n', 'another')).toBe(false);
  });
});

describe('bytes of a stranger', () => {
  it('are parsed without an error, whatever they are', () => {
    const key = sshKeyOfSeed(randomBytes(32));
    const whole = Buffer.from(signWithSsh(key.privateKey, key.publicWire, 'n', TEXT), 'base64');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(whole.length), (at, by, cut) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        const changed = parseSshSignature(bytes.toString('base64'));
        const isValid = changed !== undefined && verifySshSignature(changed, 'n', TEXT);
        // A changed key is another key; with its own the signature never holds.
        expect(isValid && changed.key.blob === key.publicWire.toString('base64') && changed.reserved.length === 0).toBe(
          false,
        );
        parseSshSignature(bytes.subarray(0, cut).toString('base64'));
        parseSshKeyLine(`ssh-ed25519 ${bytes.toString('base64')}`);
      }),
    );
  });
});
