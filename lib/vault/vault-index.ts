import type { Note, NoteKind, NoteProblem } from '../core/note.ts';
import type { VaultIndex } from '../core/vault.ts';
import { sniffKind } from './codec.ts';
import type { Kind, NoteCache, OwnedNote } from './note-cache.ts';
import { fileAt, type Tree } from './tree.ts';

interface KindNotes {
  readonly all: readonly Note<unknown>[];
  readonly byOwner: ReadonlyMap<string, readonly Note<unknown>[]>;
  readonly problems: readonly NoteProblem[];
}

const NONE: readonly Note<never>[] = [];

/** Creates the index of one tree; what it parses is shared with the indexes before and after it. */
export function createVaultIndex(head: string, tree: Tree, leftOut: ReadonlySet<string>, cache: NoteCache): VaultIndex {
  const byKind = new Map<Kind, KindNotes>();
  let problems: readonly NoteProblem[] | undefined;
  let knownKinds = 0;

  function collect(kind: Kind): KindNotes {
    const known = byKind.get(kind);
    if (known !== undefined) return known;
    const all: Note<unknown>[] = [];
    const byOwner = new Map<string, Note<unknown>[]>();
    const bad: NoteProblem[] = [];
    const entries = [...tree.folders.values()].flatMap((folder) => {
      const found = cache.inFolder(kind, folder);
      bad.push(...found.problems);
      return [...found.notes.values()];
    });
    if (!isOrdered(entries)) entries.sort((a, b) => (a.note.path < b.note.path ? -1 : 1));
    for (const { owner, note } of entries) {
      all.push(note);
      const list = byOwner.get(owner);
      if (list === undefined) byOwner.set(owner, [note]);
      else list.push(note);
    }
    const notes: KindNotes = { all, byOwner, problems: bad };
    byKind.set(kind, notes);
    return notes;
  }

  function findProblems(): readonly NoteProblem[] {
    const kinds = cache.kinds();
    if (problems !== undefined && knownKinds === kinds.length) return problems;
    // Kinds can share a path: a note of one of them is no problem of the others.
    const isOther = ({ path, code }: NoteProblem) => {
      const file = code === 'vault/wrong-kind' ? fileAt(tree, path) : undefined;
      const name = file === undefined ? undefined : sniffKind(cache.text(file) ?? '');
      return kinds.some((kind) => kind.kind === name && kind.path.test(path));
    };
    const found = new Map<string, NoteProblem>();
    for (const path of leftOut) {
      found.set(path, { path, code: 'vault/bad-path', detail: 'not a plain file with a safe name' });
    }
    for (const kind of kinds) {
      for (const problem of collect(kind).problems) if (!isOther(problem)) found.set(problem.path, problem);
    }
    knownKinds = kinds.length;
    problems = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return problems;
  }

  return {
    head,
    // The schema of the kind made the data, so it is of the kind's type.
    notes: <Data>(kind: NoteKind<Data>, owner?: string) => {
      const notes = collect(kind);
      return (owner === undefined ? notes.all : (notes.byOwner.get(owner) ?? NONE)) as readonly Note<Data>[];
    },
    note: <Data>(kind: NoteKind<Data>, path: string) => {
      const slash = path.lastIndexOf('/');
      const folder = tree.folders.get(slash === -1 ? '' : path.slice(0, slash));
      if (folder === undefined) return undefined;
      return cache.inFolder(kind, folder).notes.get(path)?.note as Note<Data> | undefined;
    },
    text: (path) => {
      const file = fileAt(tree, path);
      return file === undefined ? undefined : cache.text(file);
    },
    get problems() {
      return findProblems();
    },
  };
}

function isOrdered(entries: readonly OwnedNote[]): boolean {
  return entries.every(({ note }, at) => at === 0 || (entries[at - 1]?.note.path ?? '') <= note.path);
}
