import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { formatError } from '../core/errors.ts';
import { formatExact, parseExact } from '../core/exact-json.ts';
import { openRecordFile, type RecordFile, type Records, readRecords } from '../files/record-file.ts';
import type { Kind, ParsedNote, Unreadable } from './parsed-note.ts';
import type { TreeFile } from './tree.ts';

/** Increased when the stored format changes. */
const FORMAT = 2;
const OURS = /^notes-.+\.(?:records|tmp)$/;
/** Larger results are not stored: they are rare, and who writes notes decides how large the index is. */
const MAX_STORED_CHARS = 16 * 1024;
/** How long added records wait to be written together. */
const FLUSH_MS = 1000;

/** Where an index is, and the digest of the code that wrote it: results of other code are not used. */
export interface IndexPlace {
  readonly folder: string;
  /** A digest of the code that parses notes: schemas, the codec and what they call. */
  readonly code: string;
}

/** What is stored of a note: the result of parsing it, and how much YAML that took, which counts for its owner's bounds. */
export interface StoredNote {
  readonly parsed: ParsedNote;
  readonly yamlBytes: number;
}

/** The results of parsing notes, on disk, for all programs of this user that read the vault. */
export interface NoteIndex {
  /** The stored result of parsing a file as a kind; undefined when it wasn't stored when the index was opened. */
  readonly get: (kind: Kind, file: TreeFile) => StoredNote | undefined;
  /** Stores a result; does nothing when it can't be stored exactly or the index is read-only. */
  readonly add: (kind: Kind, file: TreeFile, note: StoredNote) => void;
  /** The number of records of a kind, including unused ones and those that are still to be written. */
  readonly size: (kind: Kind) => number;
  /** Replaces all records of a kind. */
  readonly replace: (kind: Kind, notes: readonly (readonly [TreeFile, StoredNote])[]) => void;
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
    add: (kind, file, note) => {
      const stored = byKind.get(kind);
      const text = stored?.file === undefined ? undefined : formatStored(note);
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
function* recordsOf(notes: readonly (readonly [TreeFile, StoredNote])[]): Generator<readonly [string, string]> {
  for (const [file, note] of notes) {
    const text = formatStored(note);
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

const yaml = z.number().int().positive().optional();
const storedNote = z.union([
  z.strictObject({ yaml, data: z.unknown() }),
  z.strictObject({ yaml, code: z.string(), detail: z.string(), says: z.string().optional() }),
]);

function formatStored({ parsed, yamlBytes }: StoredNote): string | undefined {
  // A blob that git couldn't read may be there the next time.
  if ('problem' in parsed && parsed.problem.code === 'vault/blob-missing') return undefined;
  const yamlPart = yamlBytes === 0 ? {} : { yaml: yamlBytes };
  const text = formatExact({ ...yamlPart, ...('note' in parsed ? { data: parsed.note.data } : problemPart(parsed)) });
  return text === undefined || text.length > MAX_STORED_CHARS ? undefined : text;
}

function problemPart({ problem, says }: Unreadable): Readonly<Record<string, string>> {
  return { code: problem.code, detail: problem.detail, ...(says === undefined ? {} : { says }) };
}

function parseStored({ path, digest }: TreeFile, text: string): StoredNote | undefined {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    return undefined;
  }
  const stored = storedNote.safeParse(value).data;
  if (stored === undefined) return undefined;
  const yamlBytes = stored.yaml ?? 0;
  if ('data' in stored) return { parsed: { note: Object.freeze({ path, digest, data: stored.data }) }, yamlBytes };
  const { code, detail, says } = stored;
  return { parsed: { problem: { path, code, detail }, ...(says === undefined ? {} : { says }) }, yamlBytes };
}
