import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { readSsh, sshString } from './ssh-wire.ts';

const MAGIC = Buffer.from('openssh-key-v1\0');
const TYPE = 'ssh-ed25519';
/** An ed25519 key as DER (RFC 8410) is these bytes and its seed. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const BLOCK_BYTES = 8;

/** An ed25519 key that signs. */
export interface SshPrivateKey {
  readonly privateKey: KeyObject;
  /** Its public key in the SSH wire format. */
  readonly publicWire: Buffer;
}

/** Creates the key of a seed of 32 random bytes. */
export function sshKeyOfSeed(seed: Uint8Array): SshPrivateKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const raw = Buffer.from(privateKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { privateKey, publicWire: Buffer.concat([sshString(TYPE), sshString(raw)]) };
}

/** Formats a new key's file as `ssh-keygen` does without a passphrase (OpenSSH, PROTOCOL.key), so that ssh-keygen can sign with it. */
export function formatSshPrivateKey(seed: Uint8Array, comment: string): string {
  const { publicWire } = sshKeyOfSeed(seed);
  const raw = publicWire.subarray(-32);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, publicWire, sshString(Buffer.concat([seed, raw])), sshString(comment)]);
  const padding = Buffer.from(Array.from({ length: -secret.length & (BLOCK_BYTES - 1) }, (_, at) => at + 1));
  const wire = Buffer.concat([
    MAGIC,
    sshString('none'),
    sshString('none'),
    sshString(''),
    Buffer.from([0, 0, 0, 1]),
    sshString(publicWire),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = wire.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** Parses the file of an ed25519 key without a passphrase; undefined for anything else. */
export function parseSshPrivateKey(text: string): SshPrivateKey | undefined {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END/.exec(text)?.[1];
  if (base64 === undefined) return undefined;
  try {
    const reader = readSsh(Buffer.from(base64, 'base64'));
    if (!reader.bytes(MAGIC.length).equals(MAGIC)) return undefined;
    const [cipher] = [reader.string(), reader.string(), reader.string()];
    if (cipher?.toString() !== 'none' || reader.uint32() !== 1) return undefined;
    reader.string();
    const secret = readSsh(reader.string());
    secret.bytes(2 * 4);
    if (secret.string().toString() !== TYPE) return undefined;
    secret.string();
    const pair = secret.string();
    return pair.length === 64 ? sshKeyOfSeed(pair.subarray(0, 32)) : undefined;
  } catch {
    return undefined;
  }
}
