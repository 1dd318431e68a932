import type { Note, NoteProblem, ReadableKind } from '../core/note.ts';
import type { VaultIndex } from '../core/vault.ts';
import type { KindNotes } from './kind-notes.ts';
import type { NoteCache } from './note-cache.ts';
import type { Kind, Unreadable } from './parsed-note.ts';
import { boundProblems } from './problems.ts';
import { fileAt, type Tree } from './tree.ts';

/**
 * Creates the index of one tree; parsed notes are shared with other indexes through the cache.
 * @param unread what of the head is not in the tree.
 */
export function createVaultIndex(
  head: string,
  tree: Tree,
  unread: readonly NoteProblem[],
  cache: NoteCache,
): VaultIndex {
  const byKind = new Map<Kind, KindNotes>();
  let problems: readonly NoteProblem[] | undefined;
  let knownKinds = 0;

  function collect(kind: Kind): KindNotes {
    const notes = byKind.get(kind) ?? cache.inTree(kind, tree);
    byKind.set(kind, notes);
    return notes;
  }

  function findProblems(): readonly NoteProblem[] {
    const kinds = cache.kinds();
    if (problems !== undefined && knownKinds === kinds.length) return problems;
    // Kinds can share a path: a note of one of them isn't a problem of the others.
    const isOther = ({ problem, says }: Unreadable) =>
      says !== undefined && kinds.some(({ kind, path }) => kind === says && path.test(problem.path));
    const found = new Map<string, NoteProblem>();
    for (const kind of kinds) {
      for (const one of collect(kind).unreadable()) if (!isOther(one)) found.set(one.problem.path, one.problem);
    }
    knownKinds = kinds.length;
    problems = boundProblems([...unread, ...found.values()]);
    return problems;
  }

  return {
    head,
    // The kind's schema parsed the data, so it has the kind's type.
    notes: <Data>(kind: ReadableKind<Data>, owner?: string) => {
      const notes = collect(kind);
      return (owner === undefined ? notes.all() : notes.ofOwner(owner)) as readonly Note<Data>[];
    },
    note: <Data>(kind: ReadableKind<Data>, path: string) => {
      const slash = path.lastIndexOf('/');
      const folder = tree.folders.get(slash === -1 ? '' : path.slice(0, slash));
      if (folder === undefined) return undefined;
      return cache.inFolder(kind, folder).get(path) as Note<Data> | undefined;
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
