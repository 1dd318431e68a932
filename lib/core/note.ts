import { z } from 'zod';

/**
 * The fields that start every note's front matter. `kind` and `schema` say how to parse the rest.
 */
export const noteEnvelope = z.object({
  kind: z.string(),
  schema: z.number().int().positive(),
  id: z.string().min(1).max(120),
  owner: z.string().min(1).max(40),
});

/**
 * One kind of note, declared by the folder that owns the fact. lib/vault encodes and decodes by it.
 * `Data` is the parsed form (amounts as bigint); zod's input form is what stands in the front matter.
 */
export interface NoteKind<Data> {
  /** The `kind` field, as in `offer`. */
  readonly kind: string;
  /** The `schema` version that this code writes, and the only one that it reads. */
  readonly version: number;
  /** Matches the vault paths where this kind lives; the first group is the owner. */
  readonly path: RegExp;
  /** Parses front matter (unknown, hostile) into data. Must reject what it doesn't understand. */
  readonly schema: z.ZodType<Data>;
  /** The front matter of data: plain JSON values, amounts as strings. */
  readonly front: (data: Data) => Readonly<Record<string, unknown>>;
  /** The body for people, rendered from the same data and never parsed. Markdown without front matter. */
  readonly body: (data: Data) => string;
}

/** The part of a {@link NoteKind} that reading needs. */
export type ReadableKind<Data> = Pick<NoteKind<Data>, 'kind' | 'version' | 'path' | 'schema'>;

/** A note that was read and parsed. `digest` is its git blob id: equal digests mean equal bytes. */
export interface Note<Data> {
  readonly path: string;
  readonly digest: string;
  readonly data: Data;
}

/** The error of a note that could not be read: it is reported by path and skipped. */
export interface NoteProblem {
  readonly path: string;
  readonly code: string;
  readonly detail: string;
}
