import { spawn } from 'node:child_process';
import { SwarmError } from '../core/errors.ts';
import { SIGNING_NAMESPACE } from '../core/signed-note.ts';

/**
 * Signs a text with a person's SSH key, by ssh-keygen, so that keys with a passphrase, in ssh-agent and in hardware work. What
 * it asks, it asks at the terminal. Returns the signature in base64.
 * @throws SwarmError `keys/cannot-sign`.
 */
export async function signWithSshKeygen(key: string, text: string): Promise<string> {
  const args = ['-Y', 'sign', '-f', key, '-n', SIGNING_NAMESPACE];
  const child = spawn('ssh-keygen', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (part: Buffer) => {
    output += part.toString('latin1');
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => reject(cannotSign(key, 'ssh-keygen can’t be run', cause)));
    child.on('close', resolve);
  });
  const base64 = /-----BEGIN SSH SIGNATURE-----([\s\S]+?)-----END/.exec(output)?.[1]?.replace(/\s/g, '');
  if (code !== 0 || base64 === undefined) throw cannotSign(key, 'ssh-keygen refused', undefined);
  return base64;
}

function cannotSign(key: string, why: string, cause: unknown): SwarmError {
  return new SwarmError({
    code: 'keys/cannot-sign',
    disposition: 'stop',
    message: `Nothing was signed with ${key}: ${why}`,
    next: 'Name an ed25519 key of SSH: its private file, or its .pub file while ssh-agent holds the key (ssh-add -l). OpenSSH 8.2 or newer is needed.',
    cause,
  });
}
