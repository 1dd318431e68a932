import { constants, open } from 'node:fs/promises';

/**
 * Reads a text file. Fails at once where the path is a pipe or another special file, which `readFile` would wait for.
 * @throws what the file system throws, and an error with the code `ENOTREG` (not a regular file) or `EFBIG` (over `maxBytes`).
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (found.isDirectory()) throw refusal('EISDIR', `${path} is a folder`);
    if (!found.isFile()) throw refusal('ENOTREG', `${path} is not a regular file`);
    if (found.size > maxBytes) throw refusal('EFBIG', `${path} has ${found.size} bytes; at most ${maxBytes} are read`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function refusal(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}

/** Why reading failed, in words where there are some, else as the system's code. */
export function readErrorText(cause: NodeJS.ErrnoException): string {
  if (cause.code === 'ENOTREG') return 'it is not a regular file';
  if (cause.code === 'EFBIG') return 'it is too large';
  return cause.code ?? 'unknown error';
}
