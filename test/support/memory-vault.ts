import type { Note, ReadableKind } from '../../lib/core/note.ts';
import type { VaultIndex, VaultOperation } from '../../lib/core/vault.ts';
import { decodeNote } from '../../lib/vault/codec.ts';

/** A vault of texts by path, read through the real codec, without git. */
export interface MemoryVault {
  readonly files: Map<string, string>;
  readonly apply: (operations: readonly VaultOperation[]) => void;
  /** An index of what stands there now; later changes don't show in it. */
  readonly index: () => VaultIndex;
}

/** Creates an empty vault in memory. Equal texts at equal paths parse to the same object, as in the real one. */
export function memoryVault(): MemoryVault {
  const files = new Map<string, string>();
  const parsed = new Map<string, unknown>();
  /** The kinds that were asked for: as in the real vault, a note that none of them can read is a problem. */
  const kinds = new Map<string, ReadableKind<unknown>>();
  let version = 0;

  function read<Data>(kind: ReadableKind<Data>, path: string, text: string): Note<Data> | undefined {
    kinds.set(kind.kind, kind as ReadableKind<unknown>);
    const key = `${kind.kind} ${path} ${text}`;
    if (!parsed.has(key)) {
      const decoded = decodeNote(kind, path, text);
      parsed.set(key, decoded.ok ? { path, digest: key, data: decoded.data } : undefined);
    }
    return parsed.get(key) as Note<Data> | undefined;
  }

  return {
    files,
    apply: (operations) => {
      for (const operation of operations) {
        if (operation.op === 'put') files.set(operation.path, operation.text);
        else if (operation.op === 'append')
          files.set(operation.path, (files.get(operation.path) ?? '') + operation.text);
        else files.delete(operation.path);
      }
    },
    index: () => {
      const frozen = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
      version += 1;
      return {
        head: `head-${version}`,
        notes: (kind, owner) =>
          [...frozen].flatMap(([path, text]) => {
            const match = kind.path.exec(path);
            if (match === null || (owner !== undefined && match[1] !== owner)) return [];
            return read(kind, path, text) ?? [];
          }),
        note: (kind, path) => {
          const text = frozen.get(path);
          return text === undefined ? undefined : read(kind, path, text);
        },
        text: (path) => frozen.get(path),
        get problems() {
          return [...frozen].flatMap(([path, text]) =>
            [...kinds.values()].flatMap((kind) => {
              if (!kind.path.test(path)) return [];
              const decoded = decodeNote(kind, path, text);
              return decoded.ok || decoded.problem.code === 'vault/wrong-kind' ? [] : [decoded.problem];
            }),
          );
        },
      };
    },
  };
}
