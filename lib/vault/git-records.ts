import { once } from 'node:events';
import type { Git } from './git.ts';

/** The most of what git says on an error that is kept. */
const MAX_ERROR_CHARS = 2000;
/** A longer record is no path of the vault's: it is skipped, so that no name takes memory. */
const MAX_RECORD_BYTES = 16 * 1024;

/** A git process that prints nothing for this long has hung and is killed. */
const SILENCE_MS = 60_000;

/** How a command is run: what it reads, and what ends each record of its output. */
export interface RecordOptions {
  readonly input?: Iterable<string>;
  /** A NUL unless given. */
  readonly end?: number;
}

/**
 * Runs a git command and hands out its output record by record, never holding all of it. `take` returns false to stop the
 * command. Yields to the event loop between chunks.
 * @throws Error with what git said.
 */
export async function readGitRecords(
  git: Git,
  args: readonly string[],
  take: (record: string) => boolean,
  { input, end = 0 }: RecordOptions = {},
): Promise<void> {
  const child = git.stream(args);
  let [isStopped, error] = [false, ''];
  const closed = once(child, 'close');
  child.stdin?.on('error', () => {});
  child.stderr?.on('data', (chunk: Buffer) => {
    if (error.length < MAX_ERROR_CHARS) error += chunk.toString('utf8', 0, MAX_ERROR_CHARS);
  });
  const split = createSplitter(end, take);
  const silence = setTimeout(() => child.kill('SIGKILL'), SILENCE_MS);
  child.stdout?.on('data', (chunk: Buffer) => {
    silence.refresh();
    if (isStopped || split(chunk)) return;
    isStopped = true;
    child.kill();
  });
  if (input !== undefined) for (const line of input) child.stdin?.write(line);
  child.stdin?.end();
  const [code]: unknown[] = await closed.finally(() => clearTimeout(silence));
  if (code !== 0 && !isStopped) throw new Error(`git ${args[0] ?? ''} failed: ${error.trim() || String(code)}`);
}

function createSplitter(end: number, take: (record: string) => boolean): (chunk: Buffer) => boolean {
  let begun = Buffer.alloc(0);
  let isTooLong = false;
  return (chunk) => {
    let start = 0;
    for (let at = chunk.indexOf(end); at !== -1; at = chunk.indexOf(end, start)) {
      // A string of its own: a part of a longer one would keep all of it in memory.
      const bytes = begun.length === 0 ? chunk.subarray(start, at) : Buffer.concat([begun, chunk.subarray(start, at)]);
      const isSkipped = isTooLong || bytes.length > MAX_RECORD_BYTES;
      [begun, isTooLong, start] = [Buffer.alloc(0), false, at + 1];
      if (!isSkipped && !take(bytes.toString('utf8'))) return false;
    }
    if (isTooLong || begun.length + chunk.length - start > MAX_RECORD_BYTES)
      [begun, isTooLong] = [Buffer.alloc(0), true];
    else begun = Buffer.concat([begun, chunk.subarray(start)]);
    return true;
  };
}
