import type { Note, NoteProblem, ReadableKind } from './note.ts';

/** One change to one path of the vault. Paths are relative, with `/`, and are checked by the writer. */
export type VaultOperation =
  | { readonly op: 'put'; readonly path: string; readonly text: string }
  | { readonly op: 'append'; readonly path: string; readonly text: string }
  | { readonly op: 'delete'; readonly path: string };

/** What one identity wants in one commit. `id` is a UUID and becomes the trailer `Vault-Write`: repeating it is safe. */
export interface VaultWrite {
  readonly id: string;
  readonly author: string;
  /** The commit's subject. The writer makes one clean line of at most 200 bytes of whatever it is. */
  readonly message: string;
  readonly operations: readonly VaultOperation[];
}

/** Says where a write landed. `saved` names the files beside which a person's overwritten edit was kept. */
export interface WriteReceipt {
  readonly id: string;
  readonly commit: string;
  readonly saved: readonly string[];
}

/** The host's one way into the vault. */
export interface VaultWriter {
  /** Resolves when the write is spooled on disk: from then on a kill loses nothing. */
  readonly write: (write: VaultWrite) => Promise<void>;
  /** Resolves when the write is on the remote. Rejects with `vault/closed` when the writer stops first. */
  readonly landed: (id: string) => Promise<WriteReceipt>;
}

/** Everything in the vault as of one head, with this host's own unpushed writes on top. Immutable. */
export interface VaultIndex {
  readonly head: string;
  /** All notes of a kind, of one owner if given, ordered by path. */
  readonly notes: <Data>(kind: ReadableKind<Data>, owner?: string) => readonly Note<Data>[];
  /** The note of a kind at a path. */
  readonly note: <Data>(kind: ReadableKind<Data>, path: string) => Note<Data> | undefined;
  /** The raw text at a path, for pages that are compared and not parsed. */
  readonly text: (path: string) => string | undefined;
  readonly problems: readonly NoteProblem[];
}

/** Reads the vault; readers of a host share one parsed index a head. */
export interface VaultReader {
  readonly read: () => Promise<VaultIndex>;
}
