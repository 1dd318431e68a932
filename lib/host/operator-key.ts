import { randomBytes } from 'node:crypto';
import { SwarmError } from '../core/errors.ts';
import { type OperatorKeys, parseOperatorKeys } from '../core/operator-keys.ts';
import { SIGNING_NAMESPACE } from '../core/signed-note.ts';
import { formatSshPrivateKey, parseSshPrivateKey } from '../core/ssh-private-key.ts';
import { signWithSsh } from '../core/ssh-signature.ts';
import { writeDurably } from '../files/durable.ts';
import { PRIVATE } from '../files/private-file.ts';
import { readRegularFile } from '../files/read-regular-file.ts';

/** A key that signs notes for all agents. */
export interface OperatorKey {
  /** Its public key, as the line of a `.pub` file. */
  readonly line: string;
  /** The public key alone, as hosts are configured with it. */
  readonly keys: OperatorKeys;
  readonly sign: (text: string) => string;
}

const COMMENT = 'the operator of this machine';
const MAX_BYTES = 64 * 1024;

/**
 * Reads the operator's key of a state folder.
 * @throws SwarmError `keys/no-operator-key` when there is none or it can't be read.
 */
export async function readOperatorKey(file: string): Promise<OperatorKey> {
  const found = await readKey(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  if (found === undefined) throw unreadable(file, undefined);
  return found;
}

/** Reads the operator's key of a state folder; creates it, with its public key in `<file>.pub`, at the first start. @throws as {@link readOperatorKey} */
export async function openOperatorKey(file: string): Promise<OperatorKey> {
  const isAbsent = await readRegularFile(file, MAX_BYTES).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
  if (isAbsent) await writeDurably(file, formatSshPrivateKey(randomBytes(32), COMMENT), { mode: PRIVATE });
  const key = await readOperatorKey(file);
  await writeDurably(`${file}.pub`, `${key.line}\n`, { onlyIfChanged: true });
  return key;
}

async function readKey(file: string): Promise<OperatorKey | undefined> {
  const key = parseSshPrivateKey(await readRegularFile(file, MAX_BYTES));
  if (key === undefined) return undefined;
  const line = `ssh-ed25519 ${key.publicWire.toString('base64')} ${COMMENT}`;
  return {
    line,
    keys: parseOperatorKeys(line),
    sign: (text) => signWithSsh(key.privateKey, key.publicWire, SIGNING_NAMESPACE, text),
  };
}

function unreadable(file: string, cause: unknown): SwarmError {
  return new SwarmError({
    code: 'keys/no-operator-key',
    disposition: 'stop',
    message: `${file} is no ed25519 key of SSH without a passphrase`,
    next: 'Restore it from a copy, or remove it: the next start of the swarm makes a new one, and what the old one signed no longer holds.',
    cause,
  });
}
