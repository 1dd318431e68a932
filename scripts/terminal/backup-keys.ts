import type { Openers, Recipients } from '../../lib/backup/seal.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { readErrorText, readRegularFile } from '../../lib/files/read-regular-file.ts';
import { askHidden } from './hidden-prompt.ts';
import { readDescriptor } from './read-descriptor.ts';

const PASSPHRASE = { option: '--passphrase-fd', what: 'the passphrase', code: 'backup/no-passphrase' } as const;
/** A file of identities has a line of 74 letters each. */
const MAX_IDENTITY_BYTES = 64 * 1024;

/** The options that say to whom a backup is encrypted. */
export interface RecipientOptions {
  readonly recipient?: readonly string[];
  readonly passphrase?: boolean;
  readonly passphraseFd?: string;
}

/** The options that say what opens a backup. */
export interface OpenerOptions {
  readonly identity?: string;
  readonly passphraseFd?: string;
}

/**
 * Reads to whom a backup is encrypted; a passphrase is asked for twice.
 * @throws SwarmError `swarm/bad-option`, `backup/no-passphrase`.
 */
export async function readRecipients({
  recipient = [],
  passphrase,
  passphraseFd,
}: RecipientOptions): Promise<Recipients> {
  const isSecret = passphrase === true || passphraseFd !== undefined;
  if (isSecret && recipient.length > 0) {
    throw new SwarmError({
      code: 'swarm/bad-option',
      disposition: 'stop',
      message: 'A backup is encrypted to recipients or with a passphrase, not with both',
      next: 'Leave one of them out.',
    });
  }
  if (recipient.length > 0) return { type: 'keys', keys: recipient };
  if (!isSecret) return { type: 'nobody' };
  const given = passphraseFd === undefined ? await ask('Passphrase of the backup: ') : await read(passphraseFd);
  if (passphraseFd === undefined && (await ask('Once more: ')) !== given) throw noPassphrase('They differ');
  return { type: 'passphrase', passphrase: given };
}

/**
 * Reads what opens a backup.
 * @throws SwarmError `backup/bad-identity`
 */
export async function readOpeners({ identity, passphraseFd }: OpenerOptions): Promise<Openers> {
  return {
    identities: identity === undefined ? [] : await readIdentities(identity),
    passphrase: () => (passphraseFd === undefined ? ask('Passphrase of the backup: ') : read(passphraseFd)),
  };
}

async function readIdentities(file: string): Promise<readonly string[]> {
  const text = await readRegularFile(file, MAX_IDENTITY_BYTES).catch((cause: NodeJS.ErrnoException) => {
    throw badIdentity(file, readErrorText(cause));
  });
  const lines = text.split(/\r?\n/).filter((line) => /^AGE-SECRET-KEY-1/.test(line));
  if (lines.length === 0) throw badIdentity(file, 'it has no line with AGE-SECRET-KEY-1…');
  return lines.map((line) => line.trim());
}

async function read(descriptor: string): Promise<string> {
  return required((await readDescriptor(PASSPHRASE, descriptor)).replace(/\r?\n$/, ''));
}

async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw noPassphrase('There is no terminal to ask for it');
  return required(await askHidden(question));
}

function required(text: string): string {
  if (text === '') throw noPassphrase('It is empty');
  return text;
}

function noPassphrase(why: string): SwarmError {
  return new SwarmError({
    code: 'backup/no-passphrase',
    disposition: 'stop',
    message: `There is no passphrase for the backup: ${why}`,
    next: 'Enter it at a terminal or give it with --passphrase-fd; an age key is given with --recipient or --identity.',
  });
}

function badIdentity(file: string, why: string): SwarmError {
  return new SwarmError({
    code: 'backup/bad-identity',
    disposition: 'stop',
    message: `${file} can't be used as an age identity: ${why}`,
    next: 'Name the file that age-keygen wrote.',
  });
}
