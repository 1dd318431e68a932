import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { byteLines } from '../goods/byte-lines.ts';
import type { ChatFormat, LogPlace, LogSample, ParsedLine } from './formats/format.ts';

/** Longer lines of a log are skipped, in bytes. */
const MAX_LOG_LINE_BYTES = 64 * 1024;
/** How many bytes of a file are read to tell its format. */
const SAMPLE_BYTES = 64 * 1024;

/** A file whose format is known. */
export interface Log {
  readonly path: string;
  readonly place: LogPlace;
  readonly format: ChatFormat;
}

/** An item of a log: what it means, or that it is too long. `mended` where its bytes weren't UTF-8. */
export type LogEntry =
  | { readonly kind: 'parsed'; readonly line: ParsedLine; readonly mended: boolean }
  | { readonly kind: 'too-long' };

/** Reads a log in batches of items; returns why nothing of it may be used, if so. */
export async function* readLog(log: Log): AsyncGenerator<readonly LogEntry[], string | undefined> {
  if (log.format.unit === 'json') throw new Error(`The format ${log.format.name} can't be read yet`);
  const reader = log.format.open(log.place);
  const chunks = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of createReadStream(log.path, { highWaterMark: 32 * 1024 })) yield Buffer.from(chunk);
  };
  for await (const batch of byteLines(chunks(), MAX_LOG_LINE_BYTES)) {
    yield batch.map((line) =>
      line.kind === 'too-long'
        ? { kind: 'too-long' }
        : { kind: 'parsed', line: reader.read(line.text), mended: line.mended },
    );
  }
  return reader.refusal?.();
}

/** Reads the start of a file; `binary` when it isn't text. */
export async function readSample(path: string, place: LogPlace): Promise<LogSample | 'binary'> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    if (isBinary(bytes)) return 'binary';
    const lines = bytes
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .split(/\r?\n/);
    // The last line may be cut.
    if (bytesRead === SAMPLE_BYTES && lines.length > 1) lines.pop();
    return { ...place, lines };
  } finally {
    await file.close();
  }
}

/** Text has no NUL and few other controls; a log with broken bytes in it is still text. */
function isBinary(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) {
    if (byte === 0) return true;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27 && byte !== 15 && byte !== 22 && byte !== 29 && byte !== 31))
      controls += 1;
  }
  return controls * 20 > bytes.length;
}
