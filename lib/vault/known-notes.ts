import type { NoteIndex, StoredNote } from './note-index.ts';
import type { Kind, ParsedNote } from './parsed-note.ts';
import type { Tree, TreeFile } from './tree.ts';

/** At least this many notes are parsed between two sweeps. */
const MIN_SWEEP = 1000;
/** An index with fewer unused records than this isn't rewritten. */
const SMALL_GARBAGE = 100;

/** What is known of each version of a note, in memory and in the index on disk. */
export interface KnownNotes {
  /** The result of parsing a file as a kind, if it was parsed before. */
  readonly lookUp: (kind: Kind, file: TreeFile) => ParsedNote | undefined;
  readonly keep: (kind: Kind, file: TreeFile, note: StoredNote) => ParsedNote;
  /** The bytes of YAML in a file; undefined until its content was read or a result was found in the index. */
  readonly yamlBytes: (file: TreeFile) => number | undefined;
  readonly setYamlBytes: (file: TreeFile, yamlBytes: number) => void;
  /** Removes notes that the newest tree no longer has, from memory and disk; does nothing until enough has changed. */
  readonly sweep: (newest: Tree) => void;
}

interface Known {
  yamlBytes: number | undefined;
  readonly byKind: Map<Kind, ParsedNote>;
}

/** Creates {@link KnownNotes}. @param kinds the kinds whose results are kept in the index. */
export function createKnownNotes(kinds: readonly Kind[], index: NoteIndex): KnownNotes {
  const notes = new Map<string, Known>();
  let [sinceSweep, sweepAfter] = [0, 0];

  function known(file: TreeFile): Known {
    const key = keyOf(file);
    const found = notes.get(key) ?? { yamlBytes: undefined, byKind: new Map<Kind, ParsedNote>() };
    notes.set(key, found);
    return found;
  }

  function remember(kind: Kind, file: TreeFile, { parsed, yamlBytes }: StoredNote): ParsedNote {
    const entry = known(file);
    entry.yamlBytes = yamlBytes;
    entry.byKind.set(kind, parsed);
    sinceSweep += 1;
    return parsed;
  }

  /** The notes of a tree that are in memory. */
  function* inMemory(tree: Tree): Generator<readonly [TreeFile, Known]> {
    for (const folder of tree.folders.values()) {
      for (const file of folder.values()) {
        const entry = notes.get(keyOf(file));
        if (entry !== undefined) yield [file, entry];
      }
    }
  }

  return {
    lookUp: (kind, file) => {
      const parsed = notes.get(keyOf(file))?.byKind.get(kind);
      if (parsed !== undefined) return parsed;
      const stored = index.get(kind, file);
      return stored === undefined ? undefined : remember(kind, file, stored);
    },
    keep: (kind, file, note) => {
      index.add(kind, file, note);
      return remember(kind, file, note);
    },
    yamlBytes: (file) => notes.get(keyOf(file))?.yamlBytes,
    setYamlBytes: (file, yamlBytes) => {
      known(file).yamlBytes = yamlBytes;
    },
    sweep: (newest) => {
      if (sinceSweep < sweepAfter) return;
      const living = [...inMemory(newest)];
      const keys = new Set(living.map(([file]) => keyOf(file)));
      for (const key of notes.keys()) if (!keys.has(key)) notes.delete(key);
      for (const kind of kinds) {
        const ofKind = living.flatMap(
          ([file, { byKind, yamlBytes = 0 }]): readonly (readonly [TreeFile, StoredNote])[] => {
            const parsed = byKind.get(kind);
            return parsed === undefined ? [] : [[file, { parsed, yamlBytes }]];
          },
        );
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
