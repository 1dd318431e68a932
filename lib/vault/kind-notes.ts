import type { Note } from '../core/note.ts';
import { isNoteOf, type Kind, type ParsedNote, type Unreadable } from './parsed-note.ts';
import { pathOwner } from './paths.ts';
import type { Folder, TreeFile } from './tree.ts';

/** A note and the identity whose folder it is in. */
interface OwnedNote {
  readonly owner: string;
  readonly note: Note<unknown>;
}

type Notes = readonly Note<unknown>[];

/** The notes of one kind in one folder. */
export interface FolderNotes {
  readonly get: (path: string) => Note<unknown> | undefined;
  /** By path, in its order. */
  readonly all: Notes;
  /** The same by owner; a folder rarely has several. */
  readonly byOwner: ReadonlyMap<string, Notes>;
  readonly unreadable: readonly Unreadable[];
}

/** The notes of one kind in a tree. Lists are joined when asked for, and stay the same from tree to tree while nothing in them changes. */
export interface KindNotes {
  /** All of them, sorted by path. */
  readonly all: () => Notes;
  readonly ofOwner: (owner: string) => Notes;
  readonly unreadable: () => readonly Unreadable[];
}

/** What is known of the files of a kind, whichever folder and tree they are in. */
export type FileNotes = WeakMap<TreeFile, OwnedNote>;

const NONE: Notes = [];

/**
 * Reads the notes of a kind in a folder. A file that was a note in an earlier version of the folder is looked up in `known`, so
 * a changed folder costs little more than what changed.
 */
export function createFolderNotes(
  kind: Kind,
  folder: Folder,
  known: FileNotes,
  parse: (file: TreeFile) => ParsedNote,
): FolderNotes {
  const found: OwnedNote[] = [];
  const unreadable: Unreadable[] = [];
  for (const [path, file] of folder) {
    const before = known.get(file);
    if (before !== undefined) {
      found.push(before);
      continue;
    }
    const match = isNoteOf(kind, file) ? kind.path.exec(path) : null;
    if (match === null) continue;
    const parsed = parse(file);
    if ('note' in parsed) {
      const owned = { owner: match[1] ?? pathOwner(path), note: parsed.note };
      known.set(file, owned);
      found.push(owned);
    } else unreadable.push(parsed);
  }
  found.sort((a, b) => (a.note.path < b.note.path ? -1 : 1));
  const byOwner = new Map<string, Note<unknown>[]>();
  for (const { owner, note } of found) {
    const list = byOwner.get(owner);
    if (list === undefined) byOwner.set(owner, [note]);
    else list.push(note);
  }
  return {
    get: (path) => {
      const file = folder.get(path);
      return file === undefined ? undefined : known.get(file)?.note;
    },
    all: byOwner.size === 1 ? ([...byOwner.values()][0] ?? NONE) : found.map(({ note }) => note),
    byOwner,
    unreadable,
  };
}

/** Joins the notes of a kind in all folders of a tree. */
export type JoinFolders = (folders: readonly FolderNotes[]) => KindNotes;

/** Creates the joiner of a kind: it keeps the newest list of each owner, for trees in which nothing of that owner changed. */
export function createJoiner(): JoinFolders {
  let newest = new Map<string, { readonly parts: readonly Notes[]; readonly notes: Notes }>();

  return (folders) => {
    const parts = new Map<string, Notes[]>();
    for (const folder of folders) {
      for (const [owner, notes] of folder.byOwner) {
        const list = parts.get(owner);
        if (list === undefined) parts.set(owner, [notes]);
        else list.push(notes);
      }
    }
    newest = new Map([...newest].filter(([owner]) => parts.has(owner)));
    let all: Notes | undefined;
    return {
      all: () => {
        all ??= join(folders.map((folder) => folder.all));
        return all;
      },
      ofOwner: (owner) => {
        const mine = parts.get(owner);
        if (mine === undefined) return NONE;
        const known = newest.get(owner);
        if (known !== undefined && areSame(known.parts, mine)) return known.notes;
        const notes = join(mine);
        newest.set(owner, { parts: mine, notes });
        return notes;
      },
      unreadable: () => folders.flatMap((folder) => folder.unreadable),
    };
  };
}

/** Joins lists that are each sorted by path. */
function join(lists: readonly Notes[]): Notes {
  const filled = lists.filter((list) => list.length > 0);
  const [only] = filled;
  if (only === undefined) return NONE;
  if (filled.length === 1) return only;
  filled.sort((a, b) => (pathAt(a, 0) < pathAt(b, 0) ? -1 : 1));
  const joined = filled.flat();
  // The notes of a folder and those of one in it may lie between each other.
  const isOrdered = filled.every((list, at) => at === 0 || pathAt(filled[at - 1] ?? NONE, -1) < pathAt(list, 0));
  return isOrdered ? joined : joined.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function pathAt(list: Notes, at: number): string {
  return list.at(at)?.path ?? '';
}

function areSame(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && before.every((one, at) => one === now[at]);
}
