import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter } from 'age-encryption';
import { SwarmError } from '../core/errors.ts';

/** Whom a backup is encrypted to; nobody where it is left as it is. */
export type Recipients =
  | { readonly type: 'nobody' }
  | { readonly type: 'keys'; readonly keys: readonly string[] }
  | { readonly type: 'passphrase'; readonly passphrase: string };

/** What may open a backup. Secrets. */
export interface Openers {
  /** `AGE-SECRET-KEY-1…` */
  readonly identities: readonly string[];
  /** Asked for where a backup is encrypted and no identity was given. */
  readonly passphrase: () => Promise<string>;
}

const AGE_MAGIC = Buffer.from('age-encryption.org/v1\n');
/** The least that is recommended for scrypt; it takes a second in JavaScript. */
const SCRYPT_LOG_N = 17;

/**
 * Encrypts bytes with age, as the program `age` does.
 * @throws SwarmError `backup/bad-recipient`
 */
export async function seal(
  source: AsyncIterable<Uint8Array>,
  recipients: Recipients,
): Promise<AsyncIterable<Uint8Array>> {
  if (recipients.type === 'nobody') return source;
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(SCRYPT_LOG_N);
  if (recipients.type === 'passphrase') encrypter.setPassphrase(recipients.passphrase);
  else for (const key of recipients.keys) addRecipient(encrypter, key);
  return encrypter.encrypt(toWeb(source) as globalThis.ReadableStream<Uint8Array>) as Promise<
    AsyncIterable<Uint8Array>
  >;
}

/**
 * Decrypts bytes if they are encrypted with age, and passes on all others as they are.
 * @param file how they are named in errors.
 * @throws SwarmError `backup/not-for-us`; the bytes may throw age's errors where they were changed.
 */
export async function unseal(
  source: AsyncIterable<Uint8Array>,
  openers: Openers,
  file: string,
): Promise<{ readonly bytes: AsyncIterable<Uint8Array>; readonly isEncrypted: boolean }> {
  const { head, all } = await peek(source, AGE_MAGIC.length);
  if (!head.equals(AGE_MAGIC)) return { bytes: all, isEncrypted: false };
  const decrypter = new Decrypter();
  try {
    for (const identity of openers.identities) decrypter.addIdentity(identity);
    if (openers.identities.length === 0) decrypter.addPassphrase(await openers.passphrase());
    const bytes = await decrypter.decrypt(toWeb(all) as globalThis.ReadableStream<Uint8Array>);
    return { bytes: bytes as AsyncIterable<Uint8Array>, isEncrypted: true };
  } catch (cause) {
    if (cause instanceof SwarmError) throw cause;
    throw new SwarmError({
      code: 'backup/not-for-us',
      disposition: 'stop',
      message: `${file} is encrypted, and not to what was given`,
      next: 'Name the file with its age identity with --identity, or enter the passphrase that it was made with.',
    });
  }
}

function addRecipient(encrypter: Encrypter, key: string): void {
  try {
    encrypter.addRecipient(key);
  } catch (cause) {
    throw new SwarmError({
      code: 'backup/bad-recipient',
      disposition: 'stop',
      // Who confuses the two would read the secret one here.
      message: key.startsWith('age1') ? `${key} is not an age recipient` : 'That is not an age recipient',
      next: 'Give the public key, as age-keygen prints it: age1…',
      cause,
    });
  }
}

/** The first bytes of a stream, and the stream with them. */
async function peek(
  source: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{ readonly head: Buffer; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  while (read.length < count) {
    const step = await iterator.next();
    if (step.done === true) break;
    read = Buffer.concat([read, step.value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (read.length > 0) yield read;
      for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) yield step.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head: read.subarray(0, count), all: all() };
}

function toWeb(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return Readable.toWeb(Readable.from(source)) as ReadableStream<Uint8Array>;
}
