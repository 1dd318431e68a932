import type { Note, NoteProblem } from '../core/note.ts';
import type { BlobReader } from './blob-reader.ts';
import { decodeNote, NOTE_LIMITS, type ReadableKind } from './codec.ts';
import { isPage, isSavedCopy, pathOwner } from './paths.ts';
import type { Tree, TreeFile } from './tree.ts';

/** A kind of note, whatever its data. */
export type Kind = ReadableKind<unknown>;

/** The notes of one kind in one folder. */
export interface FolderNotes {
  /** By path, in its order. */
  readonly notes: ReadonlyMap<string, OwnedNote>;
  readonly problems: readonly NoteProblem[];
}

/** A note and the identity whose folder it is in. */
export interface OwnedNote {
  readonly owner: string;
  readonly note: Note<unknown>;
}

/** Parses each version of a note once, for all heads and readers. */
export interface NoteCache {
  /** The kinds that were asked for so far. */
  readonly kinds: () => readonly Kind[];
  readonly inFolder: (kind: Kind, folder: ReadonlyMap<string, TreeFile>) => FolderNotes;
  readonly text: (file: TreeFile) => string | undefined;
  /** Loads the notes of a tree that aren't loaded yet. */
  readonly load: (tree: Tree) => Promise<void>;
}

/** Creates a {@link NoteCache} over the blobs of a repository. */
export function createNoteCache(blobs: BlobReader): NoteCache {
  const kinds = new Set<Kind>();
  const folders = new WeakMap<ReadonlyMap<string, TreeFile>, Map<Kind, FolderNotes>>();
  const notes = new WeakMap<TreeFile, Map<Kind, Note<unknown> | NoteProblem>>();
  const loaded = new WeakSet<ReadonlyMap<string, TreeFile>>();

  const text = (file: TreeFile): string | undefined => {
    const content = file.content instanceof Buffer ? file.content : blobs.readNow(file.digest);
    return content?.toString('utf8');
  };

  function parse(kind: Kind, file: TreeFile): Note<unknown> | NoteProblem {
    let byKind = notes.get(file);
    if (byKind === undefined) {
      byKind = new Map();
      notes.set(file, byKind);
    }
    let result = byKind.get(kind);
    if (result === undefined) {
      result = decodeFile(kind, file, blobs);
      byKind.set(kind, result);
    }
    return result;
  }

  function parseFolder(kind: Kind, folder: ReadonlyMap<string, TreeFile>): FolderNotes {
    const found: OwnedNote[] = [];
    const problems: NoteProblem[] = [];
    for (const [path, file] of folder) {
      const match = kind.path.exec(path);
      if (match === null || isSavedCopy(path)) continue;
      const result = parse(kind, file);
      if ('data' in result) found.push({ owner: match[1] ?? pathOwner(path), note: result });
      else problems.push(result);
    }
    found.sort((a, b) => (a.note.path < b.note.path ? -1 : 1));
    return { notes: new Map(found.map((entry) => [entry.note.path, entry])), problems };
  }

  return {
    kinds: () => [...kinds],
    text,
    inFolder: (kind, folder) => {
      kinds.add(kind);
      let byKind = folders.get(folder);
      if (byKind === undefined) {
        byKind = new Map();
        folders.set(folder, byKind);
      }
      let result = byKind.get(kind);
      if (result === undefined) {
        result = parseFolder(kind, folder);
        byKind.set(kind, result);
      }
      return result;
    },
    load: async (tree) => {
      const wanted: Promise<void>[] = [];
      for (const folder of tree.folders.values()) {
        if (loaded.has(folder)) continue;
        for (const file of folder.values()) {
          if (file.content === undefined && isPage(file.path)) wanted.push(fill(blobs, file));
        }
      }
      await Promise.all(wanted);
      for (const folder of tree.folders.values()) loaded.add(folder);
    },
  };
}

async function fill(blobs: BlobReader, file: TreeFile): Promise<void> {
  file.content = await blobs.read(file.digest, NOTE_LIMITS.maxBytes);
}

function decodeFile(kind: Kind, file: TreeFile, blobs: BlobReader): Note<unknown> | NoteProblem {
  const { path, digest } = file;
  if (file.content === 'too-large') {
    return { path, code: 'vault/too-large', detail: `the note is over ${NOTE_LIMITS.maxBytes} bytes` };
  }
  // The body of a file that only grows is nobody's to parse: only its start is brought into memory.
  const maxBytes = isPage(path) ? undefined : NOTE_LIMITS.maxFrontBytes;
  const bytes = file.content ?? blobs.readNow(digest, maxBytes);
  const text = bytes?.subarray(0, maxBytes).toString('utf8');
  if (text === undefined) return { path, code: 'vault/blob-missing', detail: 'the note could not be read' };
  const decoded = decodeNote(kind, path, text);
  return decoded.ok ? Object.freeze({ path, digest, data: decoded.data }) : decoded.problem;
}
