import { createPublicKey, type KeyObject } from 'node:crypto';
import { readSsh } from './ssh-wire.ts';

const ED25519 = 'ssh-ed25519';
/** A key in a security token (PROTOCOL.u2f): what it signs also names its application, and whether it was touched. */
const ED25519_TOKEN = 'sk-ssh-ed25519@openssh.com';
/** An ed25519 key as DER (RFC 8410) is these bytes and the key. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
/** A public key has under 200 bytes. */
const MAX_KEY_BYTES = 512;

/** An ed25519 public key of SSH. */
export interface SshKey {
  /** The key in the SSH wire format, base64: equal texts are equal keys. */
  readonly blob: string;
  readonly type: typeof ED25519 | typeof ED25519_TOKEN;
  readonly key: KeyObject;
  /** What a security token's key signs for, as in `ssh:`; undefined for another key. */
  readonly application: string | undefined;
}

/** Parses the wire format of a public key; undefined for anything but an ed25519 key. */
export function parseSshKey(wire: Buffer): SshKey | undefined {
  if (wire.length > MAX_KEY_BYTES) return undefined;
  try {
    const reader = readSsh(wire);
    const type = reader.string().toString('latin1');
    if (type !== ED25519 && type !== ED25519_TOKEN) return undefined;
    const raw = reader.string();
    const application = type === ED25519_TOKEN ? reader.string().toString('utf8') : undefined;
    if (raw.length !== 32 || !reader.isAtEnd()) return undefined;
    const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
    return { blob: wire.toString('base64'), type, key, application };
  } catch {
    return undefined;
  }
}

/** Parses a line of a `.pub` file, as in `ssh-ed25519 AAAA… anna@laptop`; undefined when it is not an ed25519 key. */
export function parseSshKeyLine(line: string): SshKey | undefined {
  const [, type, blob] = /^(\S+) ([A-Za-z0-9+/]+={0,2})(?: .*)?$/.exec(line.trim()) ?? [];
  if (blob === undefined) return undefined;
  const key = parseSshKey(Buffer.from(blob, 'base64'));
  return key !== undefined && key.type === type && key.blob === blob ? key : undefined;
}
