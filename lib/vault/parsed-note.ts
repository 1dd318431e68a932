import type { Note, NoteProblem, ReadableKind } from '../core/note.ts';
import { decodeNote, sniffKind } from './codec.ts';

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

/** Parses the text of a note, or the start of a file that only grows. */
export function parseNote(kind: Kind, path: string, digest: string, text: string): ParsedNote {
  const decoded = decodeNote(kind, path, text);
  if (decoded.ok) return { note: Object.freeze({ path, digest, data: decoded.data }) };
  const { problem } = decoded;
  return problem.code === 'vault/wrong-kind' ? { problem, says: sniffKind(text) } : { problem };
}
