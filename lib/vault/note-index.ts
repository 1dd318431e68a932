import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { formatError } from '../core/errors.ts';
import { formatExact, parseExact } from '../core/exact-json.ts';
import { openRecordFile, type RecordFile, type Records, readRecords } from '../files/record-file.ts';
import type { Kind, ParsedNote } from './parsed-note.ts';
import type { TreeFile } from './tree.ts';

/** Increased when the stored format changes. */
const FORMAT = 1;
const OURS = /^notes-.+\.(?:records|tmp)$/;
/** How long added records wait to be written together. */
const FLUSH_MS = 1000;

/** Where an index is, and the digest of the code that wrote it: results of other code are not used. */
export interface IndexPlace {
  readonly folder: string;
  /** A digest of the code that parses notes: schemas, the codec and what they call. */
  readonly code: string;
}

/** The results of parsing notes, on disk, for all programs of this user that read the vault. */
export interface NoteIndex {
  /** The stored result of parsing a file as a kind; undefined when it wasn't stored when the index was opened. */
  readonly get: (kind: Kind, file: TreeFile) => ParsedNote | undefined;
  /** Stores a result; does nothing when it can't be stored exactly or the index is read-only. */
  readonly add: (kind: Kind, file: TreeFile, parsed: ParsedNote) => void;
  /** The number of records of a kind, including unused ones and those that are still to be written. */
  readonly size: (kind: Kind) => number;
  /** Replaces all records of a kind. */
  readonly replace: (kind: Kind, notes: readonly (readonly [TreeFile, ParsedNote])[]) => void;
  /** Frees the memory of what was read: the cache has it by now. */
  readonly release: () => void;
  /** Writes everything that was added and closes the files. */
  readonly close: () => Promise<void>;
}

/** An empty index that stores nothing. */
export const NO_INDEX: NoteIndex = indexOf(new Map());

interface KindRecords {
  records: Records | undefined;
  readonly file: RecordFile | undefined;
  size: number;
}

/**
 * Reads the index of some kinds of notes. It may be absent, stale, truncated, damaged or being written: records that can't be
 * read are missing then.
 */
export async function readNoteIndex(place: IndexPlace, kinds: readonly Kind[]): Promise<NoteIndex> {
  return indexOf(await openRecords(place, kinds, async () => undefined));
}

/**
 * Opens the index for writing, creating it when absent. Only for the one process that has the vault open.
 * @param warn called on errors of the disk: the vault works without the index.
 */
export async function openNoteIndex(
  place: IndexPlace,
  kinds: readonly Kind[],
  warn: (message: string) => void,
): Promise<NoteIndex> {
  const { folder } = place;
  const names = new Set(kinds.map((kind) => fileName(kind, place)));
  for (const name of await readdir(folder).catch(() => [])) {
    const isOld = OURS.test(name) && !names.has(name);
    if (isOld) await rm(path.join(folder, name), { force: true }).catch((error: unknown) => warn(formatError(error)));
  }
  return indexOf(await openRecords(place, kinds, (file) => openRecordFile(file, warn)));
}

async function openRecords(
  place: IndexPlace,
  kinds: readonly Kind[],
  open: (file: string) => Promise<RecordFile | undefined>,
): Promise<ReadonlyMap<Kind, KindRecords>> {
  const byKind = kinds.map(async (kind): Promise<readonly [Kind, KindRecords]> => {
    const name = path.join(place.folder, fileName(kind, place));
    const file = await open(name);
    const records = await readRecords(name);
    return [kind, { records, file, size: records.lines }];
  });
  return new Map(await Promise.all(byKind));
}

function indexOf(byKind: ReadonlyMap<Kind, KindRecords>): NoteIndex {
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await Promise.all([...byKind.values()].map(({ file }) => file?.flush()));
  };
  return {
    get: (kind, file) => {
      const text = byKind.get(kind)?.records?.get(keyOf(file));
      return text === undefined ? undefined : parseStored(file, text);
    },
    add: (kind, file, parsed) => {
      const stored = byKind.get(kind);
      const text = stored?.file === undefined ? undefined : formatStored(parsed);
      if (stored?.file === undefined || text === undefined) return;
      stored.file.add(keyOf(file), text);
      stored.size += 1;
      timer ??= setTimeout(() => void flush(), FLUSH_MS).unref();
    },
    size: (kind) => byKind.get(kind)?.size ?? 0,
    replace: (kind, notes) => {
      const stored = byKind.get(kind);
      if (stored?.file === undefined) return;
      stored.size = notes.length;
      void stored.file.replace(recordsOf(notes));
    },
    release: () => {
      for (const stored of byKind.values()) stored.records = undefined;
    },
    close: flush,
  };
}

/** A generator, since formatting all at once would block the event loop. */
function* recordsOf(notes: readonly (readonly [TreeFile, ParsedNote])[]): Generator<readonly [string, string]> {
  for (const [file, parsed] of notes) {
    const text = formatStored(parsed);
    if (text !== undefined) yield [keyOf(file), text];
  }
}

/** Everything that a parsed result depends on besides the note. */
function fileName({ kind, version }: Kind, { code }: IndexPlace): string {
  return `notes-${FORMAT}-${kind}-${version}-${code}.records`;
}

/** The path is part of the key because it names the owner: the same bytes elsewhere are another note. */
function keyOf({ digest, path }: TreeFile): string {
  return `${digest} ${path}`;
}

const storedNote = z.union([
  z.strictObject({ data: z.unknown() }),
  z.strictObject({ code: z.string(), detail: z.string(), says: z.string().optional() }),
]);

function formatStored(parsed: ParsedNote): string | undefined {
  if ('note' in parsed) return formatExact({ data: parsed.note.data });
  const { problem, says } = parsed;
  // A blob that git couldn't read may be there the next time.
  if (problem.code === 'vault/blob-missing') return undefined;
  return formatExact({ code: problem.code, detail: problem.detail, ...(says === undefined ? {} : { says }) });
}

function parseStored({ path, digest }: TreeFile, text: string): ParsedNote | undefined {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    return undefined;
  }
  const parsed = storedNote.safeParse(value).data;
  if (parsed === undefined) return undefined;
  if ('data' in parsed) return { note: Object.freeze({ path, digest, data: parsed.data }) };
  const { code, detail, says } = parsed;
  return { problem: { path, code, detail }, ...(says === undefined ? {} : { says }) };
}
