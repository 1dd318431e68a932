import { z } from 'zod';
import type { SecretStore } from '../../lib/aws/secret-store.ts';
import { SwarmError } from '../../lib/core/errors.ts';
import { type Mnemonic, parseMnemonic } from '../../lib/keys/mnemonic.ts';
import { askHidden } from './hidden-prompt.ts';
import type { MnemonicOptions } from './mnemonic-options.ts';
import { readDescriptor } from './read-descriptor.ts';
import { openSecretStore } from './secret-store.ts';

const MNEMONIC = { option: '--mnemonic-fd', what: 'the mnemonic', code: 'keys/no-mnemonic' } as const;

const held = z.object({ mnemonic: z.string() });

/**
 * Reads the mnemonic from a hidden prompt, a file descriptor or Secrets Manager: never from an argument, the
 * environment or a named file, where others could read it. It is only held in memory.
 * @param openStore connects to Secrets Manager; by default at the region and endpoint of the options.
 * @throws SwarmError `keys/no-mnemonic`, `keys/bad-mnemonic`, and what the secret store throws.
 */
export async function readMnemonic(
  options: MnemonicOptions,
  openStore: () => SecretStore = () => openSecretStore(options),
): Promise<Mnemonic> {
  const { mnemonicFd, mnemonicSecret } = options;
  if (mnemonicFd !== undefined && mnemonicSecret !== undefined) {
    throw none('--mnemonic-fd and --mnemonic-secret are both given', 'Give one of them.');
  }
  if (mnemonicFd !== undefined) return parseMnemonic(await readDescriptor(MNEMONIC, mnemonicFd));
  if (mnemonicSecret !== undefined) return parseMnemonic(await readHeld(openStore(), mnemonicSecret));
  if (process.stdin.isTTY) return parseMnemonic(await askHidden('Mnemonic (not shown): '));
  throw none(
    'There is no terminal to ask for the mnemonic',
    'Give it on standard input (your-password-manager … | swarm-ops … --mnemonic-fd 0) or by --mnemonic-secret <name>.',
  );
}

/** Reads a secret that holds the words alone, or JSON with a field `mnemonic`. */
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
