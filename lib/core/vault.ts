import type { Note, NoteProblem, ReadableKind } from './note.ts';

/** One change to one path of the vault. Paths are relative, with `/`, and are checked by the writer. */
export type VaultOperation =
  | { readonly op: 'put'; readonly path: string; readonly text: string }
  | { readonly op: 'append'; readonly path: string; readonly text: string }
  | { readonly op: 'delete'; readonly path: string };

/** One commit by one author, or by several of one host. `id` is a UUID and becomes the trailer `Vault-Write`, so that a repeated write lands once. */
export interface VaultWrite {
  readonly id: string;
  readonly author: string;
  /** Others whose paths it writes, too: each gets a `Co-authored-by` line. A hub accepts it only from an account that may write all of it. */
  readonly coAuthors?: readonly string[];
  /** The commit's subject. The writer cleans it and cuts it to one line of at most 200 bytes. */
  readonly message: string;
  readonly operations: readonly VaultOperation[];
}

/** The receipt of a write that landed. `saved` lists the files whose overwritten edit by a person was kept beside them. */
export interface WriteReceipt {
  readonly id: string;
  readonly commit: string;
  readonly saved: readonly string[];
}

/** Writes to the vault; one a host. */
export interface VaultWriter {
  /** Resolves when the write is in the spool on disk: after that a kill loses nothing. */
  readonly write: (write: VaultWrite) => Promise<void>;
  /** Resolves when the write is pushed to the remote. Rejects with `vault/closed` if the writer stops first. */
  readonly landed: (id: string) => Promise<WriteReceipt>;
}

/** The vault at one head, with this host's own unpushed writes on top. Immutable. */
export interface VaultIndex {
  readonly head: string;
  /** All notes of a kind, of one owner if given, ordered by path. */
  readonly notes: <Data>(kind: ReadableKind<Data>, owner?: string) => readonly Note<Data>[];
  /** The note of a kind at a path. */
  readonly note: <Data>(kind: ReadableKind<Data>, path: string) => Note<Data> | undefined;
  /** The raw text at a path. */
  readonly text: (path: string) => string | undefined;
  readonly problems: readonly NoteProblem[];
}

/** Reads the vault; the readers of a host share one parsed index a head. */
export interface VaultReader {
  readonly read: () => Promise<VaultIndex>;
}
