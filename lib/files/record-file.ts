import { hash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { appendFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The first line of a record file; it changes with the format. */
const HEADER = Buffer.from('karmakadabra-records 1\n');
const SUM_DIGITS = 16;
const [TAB, LINE_END] = [9, 10];
/** A larger file is a mistake and is replaced by an empty one. */
const MAX_BYTES = 1024 * 1024 * 1024;

/** The records of a file when it was read: text by key. */
export interface Records {
  readonly keys: () => Iterable<string>;
  /** The latest text of a key; undefined when there is none or it is damaged. */
  readonly get: (key: string) => string | undefined;
  /** The number of lines, including overwritten and damaged ones. */
  readonly lines: number;
}

/** Writes a record file. One process at a time; any number of others may read meanwhile. */
export interface RecordFile {
  /** Adds a text (without newlines) under a key (without tabs and newlines): on disk after the next flush. */
  readonly add: (key: string, text: string) => void;
  /** Writes what was added. If the disk refuses, the records are lost and `warn` is called. */
  readonly flush: () => Promise<void>;
  /** Replaces all records by these, atomically. */
  readonly replace: (records: Iterable<readonly [key: string, text: string]>) => Promise<void>;
}

/**
 * Reads a record file that only this user may read and write. A missing file, a link or another user's file has no
 * records. Each record carries a checksum, which is verified when the record is read.
 */
export async function readRecords(file: string): Promise<Records> {
  const bytes = await readOwn(file).catch(() => undefined);
  const positions = new Map<string, readonly [start: number, text: number, end: number]>();
  let lines = 0;
  if (bytes?.subarray(0, HEADER.length).equals(HEADER)) {
    for (let start = HEADER.length; start < bytes.length; lines++) {
      const end = bytes.indexOf(LINE_END, start);
      if (end === -1) break;
      // Within the line: a damaged file may have no other tab for a gigabyte.
      const tab = bytes.subarray(start, end).indexOf(TAB);
      if (tab > SUM_DIGITS) {
        positions.set(bytes.toString('utf8', start + SUM_DIGITS, start + tab), [start, start + tab + 1, end]);
      }
      start = end + 1;
    }
  }
  return {
    lines,
    keys: () => positions.keys(),
    get: (key) => {
      const position = positions.get(key);
      if (bytes === undefined || position === undefined) return undefined;
      const [start, text, end] = position;
      const sum = bytes.toString('latin1', start, start + SUM_DIGITS);
      if (sumOf(bytes.subarray(start + SUM_DIGITS, end)) !== sum) return undefined;
      return bytes.toString('utf8', text, end);
    },
  };
}

/** Opens a record file for writing; replaces a file that {@link readRecords} would not read. */
export async function openRecordFile(file: string, warn: (message: string) => void): Promise<RecordFile> {
  let added: Buffer[] = [];
  let queue: Promise<void> = Promise.resolve();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await repair(file).catch((error: unknown) => warn(`${file} can't be used: ${String(error)}`));

  const enqueue = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(work).catch((error: unknown) => warn(`${file} can't be updated: ${String(error)}`));
    return queue;
  };

  async function append(): Promise<void> {
    if (added.length === 0) return;
    const lines = added;
    added = [];
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(
      file,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      0o600,
    );
    try {
      const { size } = await handle.stat();
      // One write call, so that a concurrent reader sees a prefix of it.
      await handle.writeFile(Buffer.concat(size === 0 ? [HEADER, ...lines] : lines));
    } finally {
      await handle.close();
    }
  }

  async function replace(records: Iterable<readonly [string, string]>): Promise<void> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      const handle = await open(draft, 'wx', 0o600);
      try {
        for (const chunk of inChunks(records)) await handle.writeFile(chunk);
      } finally {
        await handle.close();
      }
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  return {
    add: (key, text) => void added.push(lineOf(key, text)),
    flush: () => enqueue(append),
    replace: (records) => {
      added = [];
      return enqueue(() => replace(records));
    },
  };
}

/** Joins lines into chunks, for fewer writes. */
function* inChunks(records: Iterable<readonly [string, string]>): Generator<Buffer> {
  const CHUNK_BYTES = 256 * 1024;
  let [parts, bytes]: [Buffer[], number] = [[HEADER], HEADER.length];
  for (const [key, text] of records) {
    const line = lineOf(key, text);
    parts.push(line);
    bytes += line.length;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(parts);
    [parts, bytes] = [[], 0];
  }
  yield Buffer.concat(parts);
}

function lineOf(key: string, text: string): Buffer {
  const record = Buffer.from(`${key}\t${text}`);
  return Buffer.concat([Buffer.from(sumOf(record)), record, Buffer.of(LINE_END)]);
}

function sumOf(record: Uint8Array): string {
  return hash('sha1', record, 'hex').slice(0, SUM_DIGITS);
}

/** Terminates a last line that a kill cut short, and removes a file that isn't a record file. */
async function repair(file: string): Promise<void> {
  const bytes = await readOwn(file).catch(() => undefined);
  if (!bytes?.subarray(0, HEADER.length).equals(HEADER)) await rm(file, { force: true });
  else if (bytes.at(-1) !== LINE_END) await appendFile(file, '\n');
}

/** Reads a regular file that belongs to this user and that nobody else may read or write. */
async function readOwn(file: string): Promise<Buffer | undefined> {
  // Who opens a pipe waits for the other end, if not told otherwise.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { uid, mode, size } = await handle.stat().then((found) => (found.isFile() ? found : Promise.reject(found)));
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0 || size > MAX_BYTES) return undefined;
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
