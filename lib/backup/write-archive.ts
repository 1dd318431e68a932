import { createHash } from 'node:crypto';
import { Header, Pax } from 'tar';
import { SwarmError } from '../core/errors.ts';
import { pathProblem } from './entry-path.ts';
import { ABOUT, type About, type BackedUpFile, FILES, MAX_ENTRIES, SUMS } from './format.ts';

const BLOCK_BYTES = 512;

/** A file to put into a backup: its size, which is known before its bytes are read, and the bytes. */
export interface SourceFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly bytes: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Gives the bytes of a tar archive: what it is of, the files in the order in which they come, and their digests. Each file is
 * asked for when the one before it is written.
 * @param onFile called after each file.
 * @throws SwarmError `backup/changed` for a file that is shorter than it was, `backup/unfit-file` for one that no reader would
 * take, and what the source throws.
 */
export async function* formatArchive(
  about: About,
  files: AsyncIterable<SourceFile>,
  onFile: (file: BackedUpFile) => void,
): AsyncGenerator<Uint8Array> {
  const modifiedMs = Date.parse(about.createdAt);
  yield* small(ABOUT, `${JSON.stringify(about, null, 2)}\n`, modifiedMs);
  const sums: string[] = [];
  const known = new Set<string>();
  for await (const file of files) {
    // Packed again while it is read, git's objects may come twice: they are the same.
    if (known.has(file.path)) continue;
    known.add(file.path);
    const { path, sizeBytes } = file;
    const problem = known.size > MAX_ENTRIES ? `a backup holds at most ${MAX_ENTRIES} files` : pathProblem(path);
    if (problem !== undefined) throw unfit(path, problem);
    yield* header(`${FILES}${path}`, sizeBytes, file.modifiedMs);
    const digest = createHash('sha256');
    let written = 0;
    for await (const bytes of file.bytes()) {
      digest.update(bytes);
      written += bytes.length;
      yield bytes;
    }
    if (written !== sizeBytes) throw changed(path);
    yield padding(sizeBytes);
    const sha256 = digest.digest('hex');
    sums.push(`${sha256}  ${FILES}${path}\n`);
    onFile({ path, sizeBytes, sha256 });
  }
  yield* small(SUMS, sums.join(''), modifiedMs);
  yield Buffer.alloc(2 * BLOCK_BYTES);
}

function* small(path: string, text: string, modifiedMs: number): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  yield* header(path, bytes.length, modifiedMs);
  yield bytes;
  yield padding(bytes.length);
}

function* header(path: string, size: number, modifiedMs: number): Generator<Uint8Array> {
  const fields = { path, size, mode: 0o600, type: 'File' as const, mtime: new Date(modifiedMs) };
  const head = new Header(fields);
  const block = Buffer.alloc(BLOCK_BYTES);
  // Long names and large sizes don't fit into the block.
  if (head.encode(block)) yield new Pax({ path, size, mtime: fields.mtime }).encode();
  yield block;
}

function padding(sizeBytes: number): Uint8Array {
  return Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
}

function changed(path: string): SwarmError {
  return new SwarmError({
    code: 'backup/changed',
    disposition: 'retry',
    message: `${path} was cut while it was read`,
    next: 'Run it again.',
  });
}

function unfit(path: string, problem: string): SwarmError {
  return new SwarmError({
    code: 'backup/unfit-file',
    disposition: 'stop',
    message: `${JSON.stringify(path)} can't be put into a backup: ${problem}`,
    next: 'Move it out of the folder and run it again.',
  });
}
