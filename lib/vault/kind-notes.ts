import type { Note } from '../core/note.ts';
import { isNoteOf, type Kind, type ParsedNote, type Unreadable } from './parsed-note.ts';
import { pathOwner } from './paths.ts';
import type { Folder, TreeFile } from './tree.ts';

/** A note and the identity whose folder it is in. */
interface OwnedNote {
  readonly owner: string;
  readonly note: Note<unknown>;
}

/** The notes of one kind in one folder. */
export interface FolderNotes {
  /** By path, in its order. */
  readonly notes: ReadonlyMap<string, OwnedNote>;
  readonly unreadable: readonly Unreadable[];
}

/** The notes of one kind in a tree. */
export interface KindNotes {
  /** Sorted by path. */
  readonly all: readonly Note<unknown>[];
  readonly byOwner: ReadonlyMap<string, readonly Note<unknown>[]>;
  readonly unreadable: readonly Unreadable[];
}

/** Reads the notes of a kind in a folder. */
export function createFolderNotes(kind: Kind, folder: Folder, parse: (file: TreeFile) => ParsedNote): FolderNotes {
  const found: OwnedNote[] = [];
  const unreadable: Unreadable[] = [];
  for (const [path, file] of folder) {
    const match = isNoteOf(kind, file) ? kind.path.exec(path) : null;
    if (match === null) continue;
    const parsed = parse(file);
    if ('note' in parsed) found.push({ owner: match[1] ?? pathOwner(path), note: parsed.note });
    else unreadable.push(parsed);
  }
  found.sort((a, b) => (a.note.path < b.note.path ? -1 : 1));
  return { notes: new Map(found.map((entry) => [entry.note.path, entry])), unreadable };
}

/** Joins the notes of all folders. */
export function joinFolders(folders: readonly FolderNotes[]): KindNotes {
  const entries = folders.flatMap(({ notes }) => [...notes.values()]);
  if (!isOrdered(entries)) entries.sort((a, b) => (a.note.path < b.note.path ? -1 : 1));
  const byOwner = new Map<string, Note<unknown>[]>();
  for (const { owner, note } of entries) {
    const list = byOwner.get(owner);
    if (list === undefined) byOwner.set(owner, [note]);
    else list.push(note);
  }
  return {
    all: entries.map(({ note }) => note),
    byOwner,
    unreadable: folders.flatMap((folder) => folder.unreadable),
  };
}

function isOrdered(entries: readonly OwnedNote[]): boolean {
  return entries.every(({ note }, at) => at === 0 || (entries[at - 1]?.note.path ?? '') <= note.path);
}
