import type { Note, NoteProblem, ReadableKind } from '../core/note.ts';
import { decodeFront, type Front } from './codec.ts';
import { isSavedCopy } from './paths.ts';
import type { TreeFile } from './tree.ts';

/** A kind of note, whatever its data. */
export type Kind = ReadableKind<unknown>;

/** The result of parsing a note as one of a kind. */
export type ParsedNote =
  | { readonly note: Note<unknown> }
  | {
      readonly problem: NoteProblem;
      /** The kind that the note claims to be, when it is another one. */
      readonly says?: string | undefined;
    };

/** A note that can't be read as one of the kind. */
export type Unreadable = Exclude<ParsedNote, { readonly note: unknown }>;

/** Whether a file is to be read as a note of a kind. */
export function isNoteOf(kind: Kind, { path, isUnparsed }: TreeFile): boolean {
  return isUnparsed !== true && kind.path.test(path) && !isSavedCopy(path);
}

/** Decodes the front matter of a note as one of a kind. */
export function parseNote(kind: Kind, path: string, digest: string, front: Front): ParsedNote {
  const decoded = decodeFront(kind, path, front);
  if (decoded.ok) return { note: Object.freeze({ path, digest, data: decoded.data }) };
  const { problem } = decoded;
  const isOther = problem.code === 'vault/wrong-kind' && front.ok;
  return isOther ? { problem, says: cleanKind(front.envelope.kind) } : { problem };
}

/** A kind as its front matter names it; undefined when it can't be one. */
function cleanKind(kind: string): string | undefined {
  return /^[a-z][a-z0-9-]{0,60}$/.test(kind) ? kind : undefined;
}
