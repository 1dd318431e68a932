import { hash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { appendFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The first line of a file of records: another format has another. */
const HEADER = Buffer.from('karmakadabra-records 1\n');
const SUM_DIGITS = 16;
const [TAB, LINE_END] = [9, 10];
/** A larger file is taken for a mistake and begun anew. */
const MAX_BYTES = 1024 * 1024 * 1024;

/** Records of a file as they were when it was read: texts by key. */
export interface Records {
  readonly keys: () => Iterable<string>;
  /** The text kept last under a key; undefined where there is none or it was damaged. */
  readonly get: (key: string) => string | undefined;
  /** How many lines there are, those that were kept anew and damaged ones included. */
  readonly lines: number;
}

/** Adds to a file of records. One process at a time; any number of others may read meanwhile. */
export interface RecordFile {
  /** Keeps a text (without line ends) under a key (without tabs and line ends): on disk after the next flush. */
  readonly add: (key: string, text: string) => void;
  /** Writes what was added. A disk that doesn't take it costs the records, and is told. */
  readonly flush: () => Promise<void>;
  /** Puts these records in the place of all that are there, whole or not at all. */
  readonly replace: (records: Iterable<readonly [key: string, text: string]>) => Promise<void>;
}

/**
 * Reads a file of records that this user alone may read and write. Anything else gives none: no file, a link, another
 * user's, a part of one. Each record carries a sum of itself, which is looked at when it is asked for.
 */
export async function readRecords(file: string): Promise<Records> {
  const bytes = await readOwn(file).catch(() => undefined);
  const places = new Map<string, readonly [start: number, text: number, end: number]>();
  let lines = 0;
  if (bytes?.subarray(0, HEADER.length).equals(HEADER)) {
    for (let start = HEADER.length; start < bytes.length; lines++) {
      const end = bytes.indexOf(LINE_END, start);
      if (end === -1) break;
      // Within the line: a damaged file may have no other tab for a gigabyte.
      const tab = bytes.subarray(start, end).indexOf(TAB);
      if (tab > SUM_DIGITS) {
        places.set(bytes.toString('utf8', start + SUM_DIGITS, start + tab), [start, start + tab + 1, end]);
      }
      start = end + 1;
    }
  }
  return {
    lines,
    keys: () => places.keys(),
    get: (key) => {
      const place = places.get(key);
      if (bytes === undefined || place === undefined) return undefined;
      const [start, text, end] = place;
      const sum = bytes.toString('latin1', start, start + SUM_DIGITS);
      if (sumOf(bytes.subarray(start + SUM_DIGITS, end)) !== sum) return undefined;
      return bytes.toString('utf8', text, end);
    },
  };
}

/** Opens a file of records to add to it; it is begun anew where {@link readRecords} would not read it. */
export async function openRecordFile(file: string, warn: (message: string) => void): Promise<RecordFile> {
  let added: Buffer[] = [];
  let queue: Promise<void> = Promise.resolve();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await mend(file).catch((error: unknown) => warn(`${file} can't be used: ${String(error)}`));

  const enqueue = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(work).catch((error: unknown) => warn(`${file} can't be kept up: ${String(error)}`));
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
      // One write: a reader may see a part of it, but no other order.
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

/** Lines gathered to pieces of a size that a disk likes. */
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

/** Ends a last line that a kill cut short, and removes what is no file of records. */
async function mend(file: string): Promise<void> {
  const bytes = await readOwn(file).catch(() => undefined);
  if (!bytes?.subarray(0, HEADER.length).equals(HEADER)) await rm(file, { force: true });
  else if (bytes.at(-1) !== LINE_END) await appendFile(file, '\n');
}

/** The bytes of a plain file of this user that nobody else may read or write. */
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
