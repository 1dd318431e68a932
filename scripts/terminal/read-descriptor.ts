import { createReadStream } from 'node:fs';
import { SwarmError } from '../../lib/core/errors.ts';

/** The option that names the descriptor, what is read from it, and the code of errors. */
interface Described {
  readonly option: string;
  readonly what: string;
  readonly code: `${string}/${string}`;
}

/** 24 words of at most 8 letters, or an address, are far below this. */
const MAX_BYTES = 4096;

/**
 * Reads a secret from an open file descriptor to its end, as text. Errors never repeat the option's value or the secret.
 * @throws SwarmError with the given code.
 */
export async function readDescriptor({ option, what, code }: Described, text: string): Promise<string> {
  const failure = (message: string, next: string) => new SwarmError({ code, disposition: 'stop', message, next });
  if (!/^\d{1,4}$/.test(text)) {
    // If this is the secret itself, the process list has shown it.
    throw failure(
      `${option} takes the number of an open file descriptor`,
      `As in ${option} 3. If you gave ${what} itself as an argument, others on this machine may have seen it.`,
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
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw failure(
      `File descriptor ${text} can't be read (${reason})`,
      `Open it for this command, as in ${text}< <(…); npx only passes on 0, standard input.`,
    );
  }
  if (sizeBytes <= MAX_BYTES) return Buffer.concat(chunks).toString('utf8');
  throw failure(`File descriptor ${text} gives more than ${MAX_BYTES} bytes`, `Give ${what} only.`);
}
