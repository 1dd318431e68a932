import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { parseSshKey, type SshKey } from './ssh-key.ts';
import { readSsh, sshString } from './ssh-wire.ts';

const MAGIC = 'SSHSIG';
const VERSION = Buffer.from([0, 0, 0, 1]);
const HASHES = ['sha512', 'sha256'] as const;
/** An ed25519 signature has about 200 bytes. */
const MAX_SIGNATURE_BYTES = 1024;
/** The flag of a security token that somebody touched it. */
const IS_TOUCHED = 1;

/** A signature in the form of `ssh-keygen -Y sign` (OpenSSH, PROTOCOL.sshsig). It names its key and is not verified yet. */
export interface SshSignature {
  readonly key: SshKey;
  /** What it was made for: one made for another namespace counts for nothing here. */
  readonly namespace: string;
  readonly hash: (typeof HASHES)[number];
  readonly reserved: Buffer;
  readonly signature: Buffer;
}

/** Parses the base64 text between the lines BEGIN and END of a signature; undefined when it is not one of an ed25519 key. */
export function parseSshSignature(base64: string): SshSignature | undefined {
  if (base64.length > 2 * MAX_SIGNATURE_BYTES) return undefined;
  try {
    const reader = readSsh(Buffer.from(base64, 'base64'));
    if (reader.bytes(MAGIC.length).toString('latin1') !== MAGIC || !reader.bytes(4).equals(VERSION)) return undefined;
    const key = parseSshKey(reader.string());
    const namespace = reader.string().toString('utf8');
    const reserved = reader.string();
    const named = reader.string().toString('latin1');
    const hash = HASHES.find((name) => name === named);
    const signature = reader.string();
    if (key === undefined || hash === undefined || !reader.isAtEnd()) return undefined;
    return { key, namespace, hash, reserved, signature };
  } catch {
    return undefined;
  }
}

/** Whether a signature is valid for a text, in a namespace. */
export function verifySshSignature(signature: SshSignature, namespace: string, text: string): boolean {
  if (signature.namespace !== namespace) return false;
  const { key, hash, reserved } = signature;
  const blob = signedBlob(namespace, reserved, hash, text);
  try {
    const reader = readSsh(signature.signature);
    if (reader.string().toString('latin1') !== key.type) return false;
    const raw = reader.string();
    if (key.application === undefined) return reader.isAtEnd() && verify(null, blob, key.key, raw);
    const [flags, counter] = [reader.bytes(1), reader.bytes(4)];
    if (!reader.isAtEnd() || ((flags[0] ?? 0) & IS_TOUCHED) === 0) return false;
    const digest = (value: string | Uint8Array) => createHash('sha256').update(value).digest();
    return verify(null, Buffer.concat([digest(key.application), flags, counter, digest(blob)]), key.key, raw);
  } catch {
    return false;
  }
}

/** Signs a text with an ed25519 key, as `ssh-keygen -Y sign` does; returns what stands between its lines BEGIN and END. */
export function signWithSsh(privateKey: KeyObject, publicWire: Buffer, namespace: string, text: string): string {
  const raw = sign(null, signedBlob(namespace, Buffer.alloc(0), 'sha512', text), privateKey);
  return Buffer.concat([
    Buffer.from(MAGIC),
    VERSION,
    sshString(publicWire),
    sshString(namespace),
    sshString(''),
    sshString('sha512'),
    sshString(Buffer.concat([sshString('ssh-ed25519'), sshString(raw)])),
  ]).toString('base64');
}

function signedBlob(namespace: string, reserved: Buffer, hash: string, text: string): Buffer {
  const digest = createHash(hash).update(text).digest();
  return Buffer.concat([
    Buffer.from(MAGIC),
    sshString(namespace),
    sshString(reserved),
    sshString(hash),
    sshString(digest),
  ]);
}
