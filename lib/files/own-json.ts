import type { z } from 'zod';
import { type Disposition, SwarmError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { readErrorText, readRegularFile } from './read-regular-file.ts';

/** Far above the largest of these files. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The error's fields when a file exists and can't be read. */
export interface Unreadable {
  readonly code: `${string}/${string}`;
  readonly next: string;
  /** `stop` if absent. */
  readonly disposition?: Disposition;
}

/**
 * Reads and parses one of the swarm's own JSON files; undefined only when it doesn't exist. A damaged or unreadable file
 * is an error.
 * @throws SwarmError that names the file, with the code and `next` given; it contains nothing of the file's content.
 */
export async function readOwnJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  unreadable: Unreadable,
): Promise<z.output<Schema> | undefined> {
  const { code, next, disposition = 'stop' } = unreadable;
  const fail = (why: string, cause?: unknown) =>
    new SwarmError({ code, disposition, message: `${file} can't be read: ${why}`, next, cause });
  const text = await readRegularFile(file, MAX_BYTES).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw fail(readErrorText(cause), cause);
  });
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw fail('it is damaged');
}
