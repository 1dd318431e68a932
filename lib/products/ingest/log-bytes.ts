import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import {
  type ArchiveMember,
  badArchive,
  isArchive,
  isSuspicious,
  listMembers,
  memberBytes,
} from './archive-members.ts';

/** The most bytes that a compressed log may have. */
const MAX_EXPANDED_BYTES = 8 * 2 ** 30;

/** Where the bytes of a log are: a file's path, or a file in an archive. */
export type LogSource = string | ArchiveMember;

/**
 * Reads the bytes of a log; of gzip, told by its first bytes, those that are compressed.
 * @throws SwarmError `products/bad-archive` for an archive, for one in an archive, and for gzip that is damaged or may be made to fill a
 *   disk.
 */
export async function* logBytes(source: LogSource): AsyncGenerator<Uint8Array, void> {
  const raw = typeof source === 'string' ? fileBytes(source) : memberBytes(source);
  const first = await raw.next();
  if (first.done === true) return;
  const rest = async function* (): AsyncGenerator<Uint8Array, void> {
    yield first.value;
    yield* raw;
  };
  const isZip = isArchive(first.value);
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (typeof source !== 'string' && (isZip || isGzip)) throw badArchive('it holds another archive', 'Unpack it first.');
  // Archives are listed by what is in them, unless something is wrong with them.
  if (typeof source === 'string' && isZip) {
    await listMembers(source);
    throw badArchive('it holds no logs, or is not named as a zip archive', 'Name it so, or leave it out.');
  }
  yield* inUtf8(isGzip ? expanded(rest()) : rest());
}

/** Text of UTF-16 with its mark at the start, as programs of Windows write it, in UTF-8; all else as it is. */
async function* inUtf8(bytes: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  let decoder: TextDecoder | undefined;
  let isFirst = true;
  for await (const chunk of bytes) {
    if (isFirst) decoder = utf16Of(chunk);
    isFirst = false;
    yield decoder === undefined ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield Buffer.from(rest, 'utf8');
}

function utf16Of([first, second]: Uint8Array): TextDecoder | undefined {
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le');
  return first === 0xfe && second === 0xff ? new TextDecoder('utf-16be') : undefined;
}

async function* fileBytes(path: string): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 64 * 1024 })) yield Buffer.from(chunk);
}

async function* expanded(packed: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip();
  let packedBytes = 0;
  let bytes = 0;
  const feed = async (): Promise<void> => {
    for await (const chunk of packed) {
      packedBytes += chunk.length;
      if (gunzip.destroyed) return;
      if (!gunzip.write(chunk)) await new Promise((resolve) => gunzip.once('drain', resolve).once('close', resolve));
    }
    gunzip.end();
  };
  const feeding = feed().catch((error: unknown) =>
    gunzip.destroy(error instanceof Error ? error : new Error('unread')),
  );
  try {
    for await (const chunk of gunzip) {
      const piece = Buffer.from(chunk);
      bytes += piece.length;
      if (bytes > MAX_EXPANDED_BYTES || isSuspicious(bytes, packedBytes))
        throw badArchive('it holds far more than chat in an archive does', 'Unpack it first.');
      yield piece;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw badArchive('its gzip is damaged', 'Compress it again.', error);
    throw error;
  } finally {
    gunzip.destroy();
    await feeding;
  }
}
