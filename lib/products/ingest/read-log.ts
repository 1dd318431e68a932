import { posix } from 'node:path';
import { byteLines } from '../goods/byte-lines.ts';
import type { ArchiveMember } from './archive-members.ts';
import type { ChatFormat, JsonFormat, JsonItem, LogPlace, LogReader, LogSample, ParsedLine } from './formats/format.ts';
import { createJsonValues } from './json-values.ts';
import { type LogSource, logBytes } from './log-bytes.ts';

/** Longer lines of a log are skipped, in bytes. */
const MAX_LOG_LINE_BYTES = 64 * 1024;
/** How many bytes of a file are read to tell its format. */
const SAMPLE_BYTES = 64 * 1024;

/** A file whose format is known. */
export interface Log {
  readonly path: LogSource;
  readonly place: LogPlace;
  readonly format: ChatFormat;
}

/** An item of a log: what it means, or that it is too long. `mended` where its bytes weren't UTF-8. */
export type LogEntry =
  | { readonly kind: 'parsed'; readonly line: ParsedLine; readonly mended: boolean }
  | { readonly kind: 'too-long' };

type Item<Value> =
  | { readonly kind: 'item'; readonly value: Value; readonly mended: boolean }
  | { readonly kind: 'too-long' }
  /** The document ends where it should go on. */
  | { readonly kind: 'torn' };

type Batches<Value> = (source: LogSource) => AsyncGenerator<readonly Item<Value>[], void>;

/** Reads a log in batches of items; returns why nothing of it may be used, if so. */
export function readLog(log: Log): AsyncGenerator<readonly LogEntry[], string | undefined> {
  const { format, place } = log;
  return format.unit === 'json'
    ? readItems(log, format.open(place), (source) => jsonItems(source, format))
    : readItems(log, format.open(place), lineItems);
}

async function* readItems<Value>(
  log: Log,
  reader: LogReader<Value>,
  batches: Batches<Value>,
): AsyncGenerator<readonly LogEntry[], string | undefined> {
  if (reader.foresee !== undefined) {
    for (const name of log.format.companions?.(log.place.path) ?? []) {
      const source = companionOf(log.path, name);
      if (source !== undefined) await foreseeAll(source, (value) => reader.foresee?.(value, name), batches);
    }
    await foreseeAll(log.path, reader.foresee, batches);
  }
  for await (const batch of batches(log.path)) {
    yield batch.map((item): LogEntry => {
      if (item.kind === 'too-long') return item;
      if (item.kind === 'torn') return { kind: 'parsed', line: { kind: 'unknown' }, mended: false };
      return { kind: 'parsed', line: reader.read(item.value), mended: item.mended };
    });
  }
  return reader.refusal?.();
}

async function foreseeAll<Value>(
  source: LogSource,
  foresee: (value: Value) => void,
  batches: Batches<Value>,
): Promise<void> {
  try {
    for await (const batch of batches(source)) for (const item of batch) if (item.kind === 'item') foresee(item.value);
  } catch (error) {
    // A companion that isn't there tells nothing.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

function companionOf(source: LogSource, name: string): LogSource | undefined {
  if (typeof source === 'string') return posix.join(posix.dirname(source), name);
  const entry = source.members.get(posix.join(posix.dirname(source.entry.fileName), name));
  return entry === undefined ? undefined : ({ ...source, entry } satisfies ArchiveMember);
}

async function* lineItems(source: LogSource): AsyncGenerator<readonly Item<string>[], void> {
  for await (const batch of byteLines(logBytes(source), MAX_LOG_LINE_BYTES)) {
    yield batch.map((line) =>
      line.kind === 'too-long' ? line : { kind: 'item', value: line.text, mended: line.mended },
    );
  }
}

async function* jsonItems(source: LogSource, { paths }: JsonFormat): AsyncGenerator<readonly Item<JsonItem>[], void> {
  const values = createJsonValues(paths);
  for await (const chunk of logBytes(source)) {
    const batch = values
      .write(chunk)
      .map(
        (found): Item<JsonItem> =>
          found.kind === 'too-long'
            ? found
            : { kind: 'item', value: { path: found.path, value: found.value }, mended: found.mended },
      );
    if (batch.length > 0) yield batch;
  }
  if (!values.isWhole()) yield [{ kind: 'torn' }];
}

/** Reads the start of a file; `binary` when it isn't text. */
export async function readSample(source: LogSource, place: LogPlace): Promise<LogSample | 'binary'> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of logBytes(source)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= SAMPLE_BYTES) break;
  }
  const bytes = Buffer.concat(chunks).subarray(0, SAMPLE_BYTES);
  if (isBinary(bytes)) return 'binary';
  const lines = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
  if (bytes.length < SAMPLE_BYTES) return { ...place, lines };
  // The last line may be cut; where it is the only one, those after it tell more.
  if (lines.length > 1) return { ...place, lines: lines.slice(0, -1) };
  return { ...place, lines: [...lines, ...(await firstWholeLines(source))] };
}

/** The first lines that aren't too long, about as many bytes as a sample has. */
async function firstWholeLines(source: LogSource): Promise<readonly string[]> {
  const found: string[] = [];
  let size = 0;
  for await (const batch of lineItems(source)) {
    for (const item of batch) {
      if (item.kind !== 'item' || size >= SAMPLE_BYTES) continue;
      found.push(item.value);
      size += item.value.length;
    }
    if (size >= SAMPLE_BYTES) break;
  }
  return found;
}

/** Controls that chat has: those of actions, of IRC's formatting and of terminals' colours. */
const CHAT_CONTROLS: ReadonlySet<number> = new Set([1, 2, 3, 4, 15, 17, 22, 27, 29, 30, 31]);

/** Text has no NUL and few other controls; a log with broken bytes in it is still text. */
function isBinary(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) {
    if (byte === 0) return true;
    if ((byte < 9 || (byte > 13 && byte < 32)) && !CHAT_CONTROLS.has(byte)) controls += 1;
  }
  return controls * 20 > bytes.length;
}
