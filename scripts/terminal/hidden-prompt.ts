import type { ReadStream } from 'node:tty';
import { SwarmError } from '../../lib/core/errors.ts';

const ENTER = new Set(['\r', '\n']);
const ERASE = new Set(['\u007f', '\b']);
const ABORT = new Set(['\u0003', '\u0004']);

/**
 * Asks at a terminal for a line that is not shown as it is typed.
 * @throws SwarmError `keys/aborted` on Ctrl-C or Ctrl-D.
 */
export async function askHidden(question: string, input: ReadStream = process.stdin): Promise<string> {
  // Echo is turned off before the question is written: text pasted right after it must not be shown.
  input.setRawMode(true).setEncoding('utf8').resume();
  process.stderr.write(question);
  let line = '';
  try {
    return await new Promise<string>((resolve, reject) => {
      const take = (character: string): void => {
        if (ABORT.has(character)) reject(aborted());
        else if (ENTER.has(character)) resolve(line);
        else line = ERASE.has(character) ? line.slice(0, -1) : line + character;
      };
      input.on('data', (chunk: string) => {
        for (const character of chunk) take(character);
      });
      input.once('end', () => reject(aborted()));
    });
  } finally {
    input.removeAllListeners('data').removeAllListeners('end').setRawMode(false).pause();
    process.stderr.write('\n');
  }
}

function aborted(): SwarmError {
  return new SwarmError({
    code: 'keys/aborted',
    disposition: 'stop',
    message: 'Nothing was entered',
    next: 'Nothing was changed.',
  });
}
