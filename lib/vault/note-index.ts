import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { formatError } from '../core/errors.ts';
import { formatExact, parseExact } from '../core/exact-json.ts';
import { openRecordFile, type RecordFile, type Records, readRecords } from '../files/record-file.ts';
import type { Kind, ParsedNote } from './parsed-note.ts';
import type { TreeFile } from './tree.ts';

/** Another number for another form of what is kept. */
const FORMAT = 1;
const OURS = /^notes-.+\.(?:records|tmp)$/;
/** What was added waits so long to be written with what follows. */
const FLUSH_MS = 1000;

/** Where an index is, and of which code: what other code parsed is not taken for what this one would. */
export interface IndexPlace {
  readonly folder: string;
  /** A digest of all that parses notes: schemas, the codec and what they call. */
  readonly code: string;
}

/** What was parsed of notes, kept on disk for all programs of this user that read the vault. */
export interface NoteIndex {
  /** What reading a file as a note of a kind gave, where that was kept when the index was opened. */
  readonly get: (kind: Kind, file: TreeFile) => ParsedNote | undefined;
  /** Keeps it; what can't be kept exactly, or in an index that is only read, is not. */
  readonly add: (kind: Kind, file: TreeFile, parsed: ParsedNote) => void;
  /** How many records of a kind are on disk or on their way there, those that nobody needs any more included. */
  readonly size: (kind: Kind) => number;
  /** Puts these in the place of all that is kept of a kind. */
  readonly replace: (kind: Kind, notes: readonly (readonly [TreeFile, ParsedNote])[]) => void;
  /** Lets go of what was read: whoever asks has it all by now. */
  readonly release: () => void;
  /** Waits until all that was added is written. */
  readonly close: () => Promise<void>;
}

/** An index of nothing that keeps nothing. */
export const NO_INDEX: NoteIndex = indexOf(new Map());

interface Shelf {
  records: Records | undefined;
  readonly file: RecordFile | undefined;
  size: number;
}

/**
 * Reads the index at a place for some kinds of notes. It may be absent, stale, cut short, damaged or being written: then there
 * is less in it.
 */
export async function readNoteIndex(place: IndexPlace, kinds: readonly Kind[]): Promise<NoteIndex> {
  return indexOf(await openShelves(place, kinds, async () => undefined));
}

/**
 * Opens the index at a place to keep it up, making it where it is absent. One process at a time, the one that has the vault.
 * @param warn told what is wrong with the disk: the index is never needed.
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
  return indexOf(await openShelves(place, kinds, (file) => openRecordFile(file, warn)));
}

async function openShelves(
  place: IndexPlace,
  kinds: readonly Kind[],
  open: (file: string) => Promise<RecordFile | undefined>,
): Promise<ReadonlyMap<Kind, Shelf>> {
  const shelves = kinds.map(async (kind): Promise<readonly [Kind, Shelf]> => {
    const name = path.join(place.folder, fileName(kind, place));
    const file = await open(name);
    const records = await readRecords(name);
    return [kind, { records, file, size: records.lines }];
  });
  return new Map(await Promise.all(shelves));
}

function indexOf(shelves: ReadonlyMap<Kind, Shelf>): NoteIndex {
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await Promise.all([...shelves.values()].map(({ file }) => file?.flush()));
  };
  return {
    get: (kind, file) => {
      const text = shelves.get(kind)?.records?.get(keyOf(file));
      return text === undefined ? undefined : parseStored(file, text);
    },
    add: (kind, file, parsed) => {
      const shelf = shelves.get(kind);
      const text = shelf?.file === undefined ? undefined : formatStored(parsed);
      if (shelf?.file === undefined || text === undefined) return;
      shelf.file.add(keyOf(file), text);
      shelf.size += 1;
      timer ??= setTimeout(() => void flush(), FLUSH_MS).unref();
    },
    size: (kind) => shelves.get(kind)?.size ?? 0,
    replace: (kind, notes) => {
      const shelf = shelves.get(kind);
      if (shelf?.file === undefined) return;
      shelf.size = notes.length;
      void shelf.file.replace(recordsOf(notes));
    },
    release: () => {
      for (const shelf of shelves.values()) shelf.records = undefined;
    },
    close: flush,
  };
}

/** One at a time: formatting all at once would keep others waiting. */
function* recordsOf(notes: readonly (readonly [TreeFile, ParsedNote])[]): Generator<readonly [string, string]> {
  for (const [file, parsed] of notes) {
    const text = formatStored(parsed);
    if (text !== undefined) yield [keyOf(file), text];
  }
}

/** All that a parsed value depends on besides the file. */
function fileName({ kind, version }: Kind, { code }: IndexPlace): string {
  return `notes-${FORMAT}-${kind}-${version}-${code}.records`;
}

/** The same bytes at another path are another note: the path says whose it is. */
function keyOf({ digest, path }: TreeFile): string {
  return `${digest} ${path}`;
}

const stored = z.union([
  z.strictObject({ data: z.unknown() }),
  z.strictObject({ code: z.string(), detail: z.string(), says: z.string().optional() }),
]);

function formatStored(parsed: ParsedNote): string | undefined {
  if ('note' in parsed) return formatExact({ data: parsed.note.data });
  const { problem, says } = parsed;
  // What git could not give may be there the next time.
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
  const parsed = stored.safeParse(value).data;
  if (parsed === undefined) return undefined;
  if ('data' in parsed) return { note: Object.freeze({ path, digest, data: parsed.data }) };
  const { code, detail, says } = parsed;
  return { problem: { path, code, detail }, ...(says === undefined ? {} : { says }) };
}
