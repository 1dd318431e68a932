import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { SwarmError } from '../../lib/core/errors.ts';
import { askHidden } from './hidden-prompt.ts';
import { type Mnemonic, parseMnemonic } from './mnemonic.ts';
import type { SecretStore } from './secret-store.ts';

/** Where the mnemonic comes from, as given on the command line: the prompt if neither. */
export interface MnemonicOptions {
  /** The number of an open file descriptor. */
  readonly mnemonicFd?: string;
  /** The name of a secret in Secrets Manager. */
  readonly mnemonicSecret?: string;
}

/** 24 words of at most 8 letters are far below this. */
const MAX_BYTES = 4096;

const held = z.object({ mnemonic: z.string() });

/**
 * Reads the mnemonic from a hidden prompt, a file descriptor or Secrets Manager: never from an argument, the
 * environment or a named file, where others could read it. It stays in memory.
 * @throws SwarmError `keys/no-mnemonic`, `keys/bad-mnemonic`, and what the secret store throws.
 */
export async function readMnemonic(options: MnemonicOptions, openStore: () => SecretStore): Promise<Mnemonic> {
  const { mnemonicFd, mnemonicSecret } = options;
  if (mnemonicFd !== undefined && mnemonicSecret !== undefined) {
    throw none('--mnemonic-fd and --mnemonic-secret are both given', 'Give one of them.');
  }
  if (mnemonicFd !== undefined) return parseMnemonic(await readDescriptor(mnemonicFd));
  if (mnemonicSecret !== undefined) return parseMnemonic(await readHeld(openStore(), mnemonicSecret));
  if (process.stdin.isTTY) return parseMnemonic(await askHidden('Mnemonic (not shown): '));
  throw none(
    'There is no terminal to ask for the mnemonic',
    'Give it on standard input (your-password-manager … | swarm-ops … --mnemonic-fd 0) or by --mnemonic-secret <name>.',
  );
}

async function readDescriptor(text: string): Promise<string> {
  if (!/^\d{1,4}$/.test(text)) {
    // Whoever put the words here has shown them to the process list: what was given must not be repeated.
    throw none(
      '--mnemonic-fd takes the number of an open file descriptor',
      'As in --mnemonic-fd 3. If you gave the mnemonic itself as an argument, others on this machine may have seen it.',
    );
  }
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of createReadStream('', { fd: Number(text), autoClose: false })) {
      const bytes = Buffer.from(chunk);
      sizeBytes += bytes.length;
      if (sizeBytes > MAX_BYTES) break;
      chunks.push(bytes);
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw none(
      `File descriptor ${text} can't be read (${code})`,
      `Open it for this command, as in ${text}< <(…); npx passes on 0, standard input, alone.`,
    );
  }
  if (sizeBytes > MAX_BYTES)
    throw none(`File descriptor ${text} gives more than ${MAX_BYTES} bytes`, 'Give words only.');
  return Buffer.concat(chunks).toString('utf8');
}

/** A secret of the words alone, or of JSON with a field `mnemonic`. */
async function readHeld(store: SecretStore, name: string): Promise<string> {
  const text = await store.read(name);
  if (text === undefined) throw none(`The secret ${name} is absent or empty`, 'Check its name and the region.');
  if (!text.trimStart().startsWith('{')) return text;
  try {
    return held.parse(JSON.parse(text)).mnemonic;
  } catch {
    throw none(
      `The secret ${name} is JSON without a field "mnemonic"`,
      'Put the words there, or nothing but the words.',
    );
  }
}

function none(message: string, next: string): SwarmError {
  return new SwarmError({ code: 'keys/no-mnemonic', disposition: 'stop', message, next });
}
