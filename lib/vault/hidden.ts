import type { AgentName } from '../core/ids.ts';
import type { Note, ReadableKind } from '../core/note.ts';
import type { VaultIndex } from '../core/vault.ts';
import { pathOwner } from './paths.ts';

/** The agents whose folders are out of sight, each with the paths that stay in sight. */
export type Hides = ReadonlyMap<AgentName, ReadonlySet<string>>;

/** The vault without the folders of hidden agents, but for the paths that stay in sight: as if nothing else stood there. */
export function withoutHidden(vault: VaultIndex, hides: Hides): VaultIndex {
  if (hides.size === 0) return vault;
  const isInSight = (path: string): boolean => {
    const name = /^agents\/([^/]+)\//.exec(path)?.[1] ?? pathOwner(path);
    const kept = hides.get(name);
    return kept === undefined || kept.has(path);
  };
  const byKind = new Map<ReadableKind<unknown>, readonly Note<unknown>[]>();

  function allOf<Data>(kind: ReadableKind<Data>): readonly Note<Data>[] {
    const known = byKind.get(kind);
    // Kept under its kind, so its notes have that kind's type.
    if (known !== undefined) return known as readonly Note<Data>[];
    const notes = vault.notes(kind).filter(({ path }) => isInSight(path));
    byKind.set(kind, notes);
    return notes;
  }

  return {
    head: vault.head,
    notes: <Data>(kind: ReadableKind<Data>, owner?: string) => {
      if (owner === undefined) return allOf(kind);
      const notes = vault.notes(kind, owner);
      return hides.has(owner) ? notes.filter(({ path }) => isInSight(path)) : notes;
    },
    note: (kind, path) => (isInSight(path) ? vault.note(kind, path) : undefined),
    text: (path) => (isInSight(path) ? vault.text(path) : undefined),
    get problems() {
      return vault.problems.filter(({ path }) => isInSight(path));
    },
  };
}
