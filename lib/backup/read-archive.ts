import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Parser, type ReadEntry } from 'tar';
import { SwarmError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { pathProblem } from './entry-path.ts';
import {
  ABOUT,
  type About,
  aboutFile,
  BACKUP_VERSION,
  type BackedUpFile,
  damaged,
  FILES,
  MAX_ABOUT_BYTES,
  MAX_ENTRIES,
  MAX_PATH_BYTES,
  SUMS,
} from './format.ts';

/** What a reader does with a backup as it comes. Whatever it throws ends the reading. */
export interface ArchiveTaker {
  /** Called once, before any file. */
  readonly about: (about: About) => Promise<void> | void;
  /** Takes the bytes of a file. Its digest is known at the end of the archive only. */
  readonly file: (file: Pick<BackedUpFile, 'path' | 'sizeBytes'>, bytes: AsyncIterable<Uint8Array>) => Promise<void>;
}

/** A header of pax holds a path and a size. */
const MAX_META_BYTES = 16 * 1024;
const SUM_LINE = /^([0-9a-f]{64}) {2}files\/(.+)$/;

/**
 * Reads a tar archive that may be hostile: it holds plain files at paths in a folder and nothing else, starts with what it is
 * of and ends with the digests of all that came before. Nothing is kept in memory of a file but its path and digest.
 * @param file how it is named in errors.
 * @returns what it is of and its files, once all digests were found right.
 * @throws SwarmError `backup/damaged`, `backup/version`, and what the taker and the source throw.
 */
export async function readArchive(
  source: AsyncIterable<Uint8Array>,
  file: string,
  taker: ArchiveTaker,
): Promise<{ readonly about: About; readonly files: readonly BackedUpFile[] }> {
  const files = new Map<string, BackedUpFile>();
  let about: About | undefined;
  let isSummed = false;

  async function take(entry: ReadEntry): Promise<void> {
    const { path, size, type } = entry;
    if (type !== 'File' && type !== 'OldFile') throw damaged(file, `${shown(path)} is no plain file but ${type}`);
    const problem = pathProblem(path);
    if (problem !== undefined) throw damaged(file, `it has the path ${shown(path)}: ${problem}`);
    if (isSummed) throw damaged(file, `${shown(path)} comes after its end`);
    if (about === undefined) {
      if (path !== ABOUT || size > MAX_ABOUT_BYTES) throw damaged(file, 'it is no backup of a swarm');
      about = parseAbout(file, await textOf(entry));
      return taker.about(about);
    }
    if (path === SUMS) {
      await checkSums(file, entry, files);
      isSummed = true;
      return;
    }
    if (!path.startsWith(FILES)) throw damaged(file, `it has ${shown(path)}, which no backup has`);
    const name = path.slice(FILES.length);
    if (files.has(name)) throw damaged(file, `it has ${shown(name)} twice`);
    if (files.size >= MAX_ENTRIES) throw damaged(file, `it has more than ${MAX_ENTRIES} files`);
    const digest = createHash('sha256');
    await taker.file({ path: name, sizeBytes: size }, hashing(entry, digest));
    files.set(name, { path: name, sizeBytes: size, sha256: digest.digest('hex') });
  }

  await parse(source, file, take);
  if (about === undefined || !isSummed) throw damaged(file, 'it is cut off');
  return { about, files: [...files.values()] };
}

/** Parses an archive and hands over its entries one after another. */
async function parse(
  source: AsyncIterable<Uint8Array>,
  file: string,
  take: (entry: ReadEntry) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  let taking: Promise<void> = Promise.resolve();
  const fail = (cause: unknown): void =>
    failed.abort(cause instanceof SwarmError ? cause : damaged(file, 'it is no whole archive', cause));
  const parser = new Parser({
    strict: true,
    maxMetaEntrySize: MAX_META_BYTES,
    onReadEntry: (entry) => {
      taking = taking
        .then(() => (failed.signal.aborted ? undefined : take(entry)))
        .catch((error: unknown) => {
          failed.abort(error);
        });
    },
  });
  parser.on('error', fail);
  // Entries of kinds that the parser doesn't know are passed over in silence.
  parser.on('ignoredEntry', (entry: ReadEntry) => fail(damaged(file, `it holds something of the kind ${entry.type}`)));
  const ended = once(parser, 'end', { signal: failed.signal });
  ended.catch(() => undefined);
  try {
    for await (const bytes of source) {
      failed.signal.throwIfAborted();
      if (!parser.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
        await once(parser, 'drain', { signal: failed.signal });
      }
    }
    parser.end();
    await ended;
    await taking;
    failed.signal.throwIfAborted();
  } catch (error) {
    // An entry that fails leaves the parser waiting for its reader.
    if (failed.signal.aborted) throw failed.signal.reason;
    throw error;
  }
}

async function* hashing(entry: ReadEntry, digest: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const bytes of entry as AsyncIterable<Uint8Array>) {
    digest.update(bytes);
    yield bytes;
  }
}

async function textOf(entry: ReadEntry): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const bytes of entry as AsyncIterable<Uint8Array>) parts.push(bytes);
  return Buffer.concat(parts).toString('utf8');
}

function parseAbout(file: string, text: string): About {
  const parsed = aboutFile.safeParse(parseJson(text)).data;
  if (parsed === undefined) throw damaged(file, 'it does not say what it is of');
  if (parsed.version === BACKUP_VERSION) return parsed;
  throw new SwarmError({
    code: 'backup/version',
    disposition: 'stop',
    message: `${file} is a backup of version ${parsed.version}; this program reads version ${BACKUP_VERSION}`,
    next: 'Restore it with the version of the program that wrote it. Nothing was changed.',
  });
}

/** Compares the digests at the end of an archive with those of its files. */
async function checkSums(file: string, entry: ReadEntry, files: ReadonlyMap<string, BackedUpFile>): Promise<void> {
  let [rest, lines] = ['', 0];
  const check = (line: string): void => {
    const [, sha256, path = ''] = SUM_LINE.exec(line) ?? [];
    const found = files.get(path);
    if (found === undefined || found.sha256 !== sha256) throw damaged(file, `${shown(path)} is not what was backed up`);
    lines += 1;
  };
  const decoder = new TextDecoder();
  for await (const bytes of entry as AsyncIterable<Uint8Array>) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > 2 * MAX_PATH_BYTES) throw damaged(file, 'its digests can’t be read');
    for (const line of parts) check(line);
  }
  if (rest !== '') throw damaged(file, 'its digests are cut off');
  if (lines !== files.size) throw damaged(file, 'it has files without a digest');
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 80));
}
