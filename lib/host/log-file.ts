import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { displayText } from '../core/display-text.ts';

/** A log larger than this at the start is renamed, in bytes. */
const ROTATE_BYTES = 10 * 1024 * 1024;

/** The swarm's log: what happened, for finding the cause of an error. */
export interface LogFile {
  readonly write: (line: string) => void;
  readonly close: () => Promise<void>;
}

/** Opens the log for appending. A large one is renamed to `<path>.1` first. */
export async function createLogFile(path: string): Promise<LogFile> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size > ROTATE_BYTES) await rename(path, `${path}.1`);
  const stream = createWriteStream(path, { flags: 'a' });
  // A full disk must not stop the swarm because of its log.
  stream.on('error', () => undefined);
  return {
    write: (line) => {
      stream.write(`${new Date().toISOString()} ${displayText(line)}\n`);
    },
    close: async () => {
      if (stream.closed || stream.destroyed) return;
      stream.end();
      await Promise.race([once(stream, 'close'), once(stream, 'error')]);
    },
  };
}
