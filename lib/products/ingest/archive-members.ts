import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { SwarmError } from '../../core/errors.ts';
import { cleanText } from '../../core/text.ts';

/** The most files of an archive. */
const MAX_MEMBERS = 50_000;
/** The most bytes that all files of an archive may have together. */
const MAX_ARCHIVE_BYTES = 32 * 2 ** 30;
/** Chat is rarely compressed to less than a fiftieth; what is compressed much more may be made to fill a disk. */
const MAX_RATIO = 250;
/** Small files may be compressed as they like. */
const RATIO_FROM_BYTES = 16 * 2 ** 20;

/** A file in a zip archive. */
export interface ArchiveMember {
  readonly archive: string;
  readonly entry: Entry;
  /** All files of the archive by name. */
  readonly members: ReadonlyMap<string, Entry>;
}

/**
 * Lists the files of a zip archive; undefined when the file is none. Hidden ones, links and folders are left out.
 * @throws SwarmError `products/bad-archive` for one that is damaged, encrypted, too large, names files outside of itself, or may be
 *   made to fill a disk.
 */
export async function listMembers(path: string): Promise<readonly ArchiveMember[] | undefined> {
  if (!(await isZip(path))) return undefined;
  const members = new Map<string, Entry>();
  let packedBytes = 0;
  let bytes = 0;
  const zip = await openZip(path);
  try {
    for await (const entry of zip.eachEntry()) {
      if (!isOrdinaryFile(entry)) continue;
      packedBytes += entry.compressedSize;
      bytes += entry.uncompressedSize;
      if (entry.isEncrypted()) throw badArchive('it is encrypted', 'Decrypt it first.');
      if (!entry.canDecodeFileData()) throw badArchive('it is compressed in an unusual way', 'Unpack it first.');
      if (members.size >= MAX_MEMBERS) throw badArchive(`it has over ${MAX_MEMBERS} files`, 'Unpack it first.');
      if (bytes > MAX_ARCHIVE_BYTES || isSuspicious(entry.uncompressedSize, entry.compressedSize))
        throw badArchive('its files are far larger than chat in an archive is', 'Unpack it first.');
      // Files that share their bytes are how a small archive gets to hold many large ones.
      if (packedBytes > zip.fileSize) throw badArchive('its files overlap', 'Make the archive again.');
      members.set(entry.fileName, entry);
    }
  } catch (error) {
    throw error instanceof SwarmError ? error : damaged(error);
  } finally {
    zip.close();
  }
  return [...members.values()].map((entry) => ({ archive: path, entry, members }));
}

/** Reads the bytes of a file in an archive. */
export async function* memberBytes({ archive, entry }: ArchiveMember): AsyncGenerator<Uint8Array, void> {
  const zip = await openZip(archive);
  try {
    const stream: Readable = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) yield Buffer.from(chunk);
  } catch (error) {
    throw damaged(error);
  } finally {
    zip.close();
  }
}

/** Whether a file that begins with these bytes is a zip archive. */
export function isArchive(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x4b && (start[2] === 3 || start[2] === 5) && start[3] === start[2] + 1;
}

/** Whether so many bytes are suspiciously many to come from so few. */
export function isSuspicious(bytes: number, packedBytes: number): boolean {
  return bytes > RATIO_FROM_BYTES && bytes > packedBytes * MAX_RATIO;
}

/** The error for an archive that isn't read. */
export function badArchive(reason: string, next: string, cause?: unknown): SwarmError {
  const message = `The archive can't be read: ${reason}. ${next}`;
  return new SwarmError({ code: 'products/bad-archive', disposition: 'stop', message, next, cause });
}

function damaged(error: unknown): SwarmError {
  const reason = error instanceof Error ? cleanText(error.message, 100) : 'damaged';
  return badArchive(`it is damaged (${reason})`, 'Make it again.', error);
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return isArchive(buffer);
  } finally {
    await file.close();
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false, strictFileNames: true });
  } catch (error) {
    throw damaged(error);
  }
}

/** What an entry is in Unix: its type stands in the upper bits of its attributes. */
const TYPE_BITS = 0o170000;
const LINK = 0o120000;

function isOrdinaryFile({ fileName, externalFileAttributes }: Entry): boolean {
  const isLink = ((externalFileAttributes >>> 16) & TYPE_BITS) === LINK;
  const isHidden = fileName.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
  return !fileName.endsWith('/') && !isLink && !isHidden;
}
