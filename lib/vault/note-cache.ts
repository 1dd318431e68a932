import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BlobReader } from './blob-reader.ts';
import { NOTE_LIMITS } from './codec.ts';
import { createFolderNotes, type FolderNotes, joinFolders, type KindNotes } from './kind-notes.ts';
import { NO_INDEX, type NoteIndex } from './note-index.ts';
import { type Kind, type ParsedNote, parseNote } from './parsed-note.ts';
import { isPage, isSavedCopy, isTopPage } from './paths.ts';
import type { Folder, Tree, TreeFile } from './tree.ts';

/** How many files are parsed before yielding to the event loop: some milliseconds of work. */
const FILES_A_TURN = 32;
/** At least this many notes are parsed between two sweeps. */
const MIN_SWEEP = 1000;
/** An index with fewer unused records than this isn't rewritten. */
const SMALL_GARBAGE = 100;

/** What a cache needs. */
export interface NoteCacheParts {
  readonly blobs: BlobReader;
  /** The kinds whose notes are parsed when a tree is loaded. Others are parsed when first asked for. */
  readonly kinds?: readonly Kind[];
  /** The stored results of parsing these kinds before. */
  readonly index?: NoteIndex;
  /** Which pages' text stays in memory: all, those at the top of a folder, or none. */
  readonly texts: 'all' | 'top' | 'none';
}

/** Parses each version of a note once, for all heads and readers. */
export interface NoteCache {
  /** The kinds asked for so far. */
  readonly kinds: () => readonly Kind[];
  readonly inFolder: (kind: Kind, folder: Folder) => FolderNotes;
  /** All notes of a kind in a tree; the same object as for the previous tree if none of them changed. */
  readonly inTree: (kind: Kind, tree: Tree) => KindNotes;
  readonly text: (file: TreeFile) => string | undefined;
  /** Loads and parses the files that earlier trees didn't have. Yields to the event loop. Calls must not overlap. */
  readonly load: (tree: Tree) => Promise<void>;
  /** Removes notes that the newest tree no longer has, from memory and disk; does nothing until enough has changed. */
  readonly sweep: (newest: Tree) => void;
}

/** Creates a {@link NoteCache} over the blobs of a repository. */
export function createNoteCache({ blobs, kinds: known = [], index = NO_INDEX, texts }: NoteCacheParts): NoteCache {
  const asked = new Set<Kind>();
  const byFolder = new WeakMap<Folder, Map<Kind, FolderNotes>>();
  const inTrees = new Map<Kind, { readonly folders: readonly FolderNotes[]; readonly notes: KindNotes }>();
  const notes = new Map<string, Map<Kind, ParsedNote>>();
  const loadedFolders = new WeakSet<Folder>();
  const loadedFiles = new WeakSet<TreeFile>();
  let [sinceSweep, sweepAfter] = [0, 0];

  function keep(kind: Kind, file: TreeFile, parsed: ParsedNote): ParsedNote {
    const key = keyOf(file);
    const byKind = notes.get(key) ?? new Map<Kind, ParsedNote>();
    notes.set(key, byKind.set(kind, parsed));
    sinceSweep += 1;
    return parsed;
  }

  function lookUp(kind: Kind, file: TreeFile): ParsedNote | undefined {
    const parsed = notes.get(keyOf(file))?.get(kind);
    if (parsed !== undefined) return parsed;
    const kept = index.get(kind, file);
    return kept === undefined ? undefined : keep(kind, file, kept);
  }

  function parse(kind: Kind, file: TreeFile, content: Buffer | 'too-large' | undefined): ParsedNote {
    const parsed = parseContent(kind, file, content);
    index.add(kind, file, parsed);
    return keep(kind, file, parsed);
  }

  function parseNow(kind: Kind, file: TreeFile): ParsedNote {
    // Only the front matter of a file that only grows is parsed, so only its start is read.
    const maxBytes = isPage(file.path) ? undefined : NOTE_LIMITS.maxFrontBytes;
    return lookUp(kind, file) ?? parse(kind, file, file.content ?? blobs.readNow(file.digest, maxBytes));
  }

  function inFolder(kind: Kind, folder: Folder): FolderNotes {
    asked.add(kind);
    const byKind = byFolder.get(folder) ?? new Map<Kind, FolderNotes>();
    byFolder.set(folder, byKind);
    const found = byKind.get(kind) ?? createFolderNotes(kind, folder, (file) => parseNow(kind, file));
    byKind.set(kind, found);
    return found;
  }

  async function loadFile(file: TreeFile): Promise<void> {
    const keepsText = texts === 'all' || (texts === 'top' && isTopPage(file.path));
    const missing = known.filter(
      (kind) => kind.path.test(file.path) && !isSavedCopy(file.path) && lookUp(kind, file) === undefined,
    );
    if (file.content === undefined && (keepsText || missing.length > 0)) {
      const content = await blobs.read(file.digest, NOTE_LIMITS.maxBytes);
      if (keepsText) file.content = content;
      for (const kind of missing) parse(kind, file, content);
    } else {
      for (const kind of missing) parse(kind, file, file.content);
    }
    loadedFiles.add(file);
  }

  /** The parsed notes of a tree that are in memory. */
  function* cachedNotesOf(tree: Tree): Generator<readonly [TreeFile, ReadonlyMap<Kind, ParsedNote>]> {
    for (const folder of tree.folders.values()) {
      for (const file of folder.values()) {
        const byKind = notes.get(keyOf(file));
        if (byKind !== undefined) yield [file, byKind];
      }
    }
  }

  return {
    kinds: () => [...asked],
    inFolder,
    inTree: (kind, tree) => {
      const folders = [...tree.folders.values()].map((folder) => inFolder(kind, folder));
      const before = inTrees.get(kind);
      const isSame =
        before?.folders.length === folders.length && before.folders.every((one, at) => one === folders[at]);
      if (isSame) return before.notes;
      const joined = joinFolders(folders);
      inTrees.set(kind, { folders, notes: joined });
      return joined;
    },
    text: (file) => {
      if (file.content instanceof Buffer) return file.content.toString('utf8');
      const content = blobs.readNow(file.digest);
      if (content !== undefined && file.content === undefined && isPage(file.path)) {
        file.content = content.length > NOTE_LIMITS.maxBytes ? 'too-large' : content;
      }
      return content?.toString('utf8');
    },
    load: async (tree) => {
      const fresh = [...tree.folders.values()]
        .filter((folder) => !loadedFolders.has(folder))
        .flatMap((folder) => [...folder.values()])
        .filter((file) => isPage(file.path) && !loadedFiles.has(file));
      for (let at = 0; at < fresh.length; at += FILES_A_TURN) {
        await Promise.all(fresh.slice(at, at + FILES_A_TURN).map(loadFile));
        await nextTurn();
      }
      for (const folder of tree.folders.values()) loadedFolders.add(folder);
    },
    sweep: (newest) => {
      if (sinceSweep < sweepAfter) return;
      const living = [...cachedNotesOf(newest)];
      const keys = new Set(living.map(([file]) => keyOf(file)));
      for (const key of notes.keys()) if (!keys.has(key)) notes.delete(key);
      for (const kind of known) {
        const ofKind = living.flatMap(([file, byKind]): readonly (readonly [TreeFile, ParsedNote])[] => {
          const parsed = byKind.get(kind);
          return parsed === undefined ? [] : [[file, parsed]];
        });
        if (index.size(kind) > 2 * ofKind.length + SMALL_GARBAGE) index.replace(kind, ofKind);
      }
      index.release();
      [sinceSweep, sweepAfter] = [0, Math.max(MIN_SWEEP, living.length)];
    },
  };
}

/** The path is part of the key because it names the owner: the same bytes elsewhere are another note. */
function keyOf({ digest, path }: TreeFile): string {
  return `${digest} ${path}`;
}

function parseContent(kind: Kind, { path, digest }: TreeFile, content: Buffer | 'too-large' | undefined): ParsedNote {
  if (content === 'too-large') {
    return { problem: { path, code: 'vault/too-large', detail: `the note is over ${NOTE_LIMITS.maxBytes} bytes` } };
  }
  const text = content?.subarray(0, isPage(path) ? undefined : NOTE_LIMITS.maxFrontBytes).toString('utf8');
  if (text === undefined) {
    return { problem: { path, code: 'vault/blob-missing', detail: 'the note could not be read' } };
  }
  return parseNote(kind, path, digest, text);
}
