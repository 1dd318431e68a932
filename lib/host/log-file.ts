import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { displayText } from '../core/display-text.ts';

/** A log as large as this is renamed, and replaces the one that was renamed before, in bytes. */
const ROTATE_BYTES = 10 * 1024 * 1024;

/** The swarm's log: what happened, for finding the cause of an error. */
export interface LogFile {
  readonly write: (line: string) => void;
  readonly close: () => Promise<void>;
}

/** Opens the log for appending. A large one is renamed to `<path>.1`, now and while it is written. */
export async function createLogFile(path: string, rotateBytes = ROTATE_BYTES): Promise<LogFile> {
  let size = (await stat(path).catch(() => undefined))?.size ?? 0;
  let stream: WriteStream | undefined;
  let ending: Promise<void> = Promise.resolve();
  /** Lines that wait for the rename. */
  let waiting: string[] | undefined;

  const open = (): void => {
    stream = createWriteStream(path, { flags: 'a' });
    // A full disk must not stop the swarm because of its log.
    stream.on('error', () => undefined);
  };
  const put = (text: string): void => {
    size += Buffer.byteLength(text);
    stream?.write(text);
  };

  async function rotate(): Promise<void> {
    if (stream !== undefined) await end(stream);
    // What can't be renamed goes on, and is tried again when it is as large again.
    await rename(path, `${path}.1`).catch(() => undefined);
    size = 0;
    open();
    const lines = waiting ?? [];
    waiting = undefined;
    for (const line of lines) put(line);
  }

  if (size >= rotateBytes) await rotate();
  else open();
  return {
    write: (line) => {
      const text = `${new Date().toISOString()} ${displayText(line)}\n`;
      if (waiting !== undefined) {
        waiting.push(text);
        return;
      }
      put(text);
      if (size < rotateBytes) return;
      waiting = [];
      ending = ending.then(rotate);
    },
    close: async () => {
      await ending;
      if (stream !== undefined) await end(stream);
    },
  };
}

async function end(stream: WriteStream): Promise<void> {
  if (stream.closed || stream.destroyed) return;
  stream.end();
  await Promise.race([once(stream, 'close'), once(stream, 'error')]);
}
