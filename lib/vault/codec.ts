import matter from 'gray-matter';
import { z } from 'zod';
import { activeContentIn, activeInFields, inertFields } from '../core/active-content.ts';
import { SwarmError } from '../core/errors.ts';
import { PEOPLE } from '../core/ids.ts';
import { type NoteKind, type NoteProblem, noteEnvelope, type ReadableKind } from '../core/note.ts';
import { cleanText } from '../core/text.ts';
import { formatFrontMatter, parseFrontMatter } from './front-matter.ts';
import { isPage, pathOwner } from './paths.ts';

/** Bounds on a note by a stranger. */
export interface NoteLimits {
  readonly maxBytes: number;
  /** How much of a file that only grows (a log) is parsed: its front matter must end within this. */
  readonly maxFrontBytes: number;
  /** How deep objects and lists may nest in front matter. */
  readonly maxDepth: number;
}

export const NOTE_LIMITS: NoteLimits = { maxBytes: 256 * 1024, maxFrontBytes: 16 * 1024, maxDepth: 8 };

/** A decoded note, or why it can't be read. */
export type Decoded<Data> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly problem: NoteProblem };

/**
 * Formats a note: front matter and body, ending in one newline. Strings in front matter are made inert; where nothing is
 * active in them, they stay the same.
 * @throws SwarmError `vault/not-encodable` when the kind's front matter is not what the reader accepts, the body
 * contains active content, or the note is too large.
 */
export function encodeNote<Data>(kind: NoteKind<Data>, data: Data): string {
  try {
    const front = { kind: kind.kind, schema: kind.version, ...kind.front(data) };
    noteEnvelope.parse(front);
    if (front.kind !== kind.kind || front.schema !== kind.version)
      throw new TypeError("the kind and schema are another kind's");
    const shown = Object.fromEntries(Object.entries(front).map(([key, value]) => [key, inertFields(value)]));
    const text = `---\n${formatFrontMatter(shown)}---\n\n${kind.body(data).trim()}\n`;
    // The hub would refuse it, and with it all that is pushed after it.
    const active = activeContentIn(text);
    if (active !== undefined) throw new TypeError(`it contains ${active}`);
    if (Buffer.byteLength(text) > NOTE_LIMITS.maxBytes) throw new TypeError(`it is over ${NOTE_LIMITS.maxBytes} bytes`);
    return text;
  } catch (cause) {
    throw new SwarmError({
      code: 'vault/not-encodable',
      disposition: 'stop',
      message: `A note of kind ${kind.kind} can't be written: ${brief(cause)}`,
      next: 'Correct the data, or the front() of this kind of note.',
      cause,
    });
  }
}

/**
 * Parses a note by a stranger. The owner in the front matter must be the first group of the kind's path, or, when
 * the path has no group, the identity that may write there. Never throws and never runs code. For a file that only grows,
 * its start is enough.
 */
export function decodeNote<Data>(
  kind: ReadableKind<Data>,
  path: string,
  text: string,
  limits: NoteLimits = NOTE_LIMITS,
): Decoded<Data> {
  const problem = (code: string, detail: string): Decoded<Data> => ({ ok: false, problem: { path, code, detail } });
  const match = kind.path.exec(path);
  if (match === null) return problem('vault/wrong-path', `a note of kind ${kind.kind} doesn't belong here`);
  const grows = !isPage(path);
  if (!grows && (text.length > limits.maxBytes || Buffer.byteLength(text) > limits.maxBytes)) {
    return problem('vault/too-large', `the note is over ${limits.maxBytes} bytes`);
  }
  let front: unknown;
  try {
    front = readFrontMatter(grows ? text.slice(0, limits.maxFrontBytes) : text);
  } catch (error) {
    return problem('vault/bad-front-matter', brief(error));
  }
  if (front === undefined) return problem('vault/no-front-matter', 'the note does not begin with a line ---');
  if (isDeeper(front, limits.maxDepth)) return problem('vault/too-deep', `values nest deeper than ${limits.maxDepth}`);
  const envelope = noteEnvelope.safeParse(front);
  if (!envelope.success) return problem('vault/bad-note', describe(envelope.error));
  if (envelope.data.kind !== kind.kind)
    return problem('vault/wrong-kind', `the note says it is of kind ${brief(envelope.data.kind)}`);
  if (envelope.data.schema !== kind.version) {
    return problem(
      'vault/wrong-schema',
      `schema ${envelope.data.schema} is not ${kind.version}, the one this version reads`,
    );
  }
  const owner = match[1] ?? pathOwner(path);
  if (envelope.data.owner !== owner)
    return problem('vault/wrong-owner', `the owner is ${brief(envelope.data.owner)}, not ${owner}`);
  // What people write may contain links; an agent's properties are shown in lists that everybody opens.
  const active = owner === PEOPLE ? undefined : activeInFields(front);
  if (active !== undefined) return problem('vault/active-content', cleanText(`a property contains ${active}`, 200));
  try {
    const parsed = kind.schema.safeParse(front);
    return parsed.success ? { ok: true, data: parsed.data } : problem('vault/bad-note', describe(parsed.error));
  } catch (error) {
    return problem('vault/bad-note', brief(error));
  }
}

/** Reads the kind that a note claims to be without parsing the rest; undefined when its front matter has no plain `kind` line. */
export function sniffKind(text: string): string | undefined {
  if (!text.startsWith('---\n')) return undefined;
  const head = text.slice(0, 4096);
  const end = head.indexOf('\n---', 3);
  return /^kind: *(["']?)([a-z][a-z0-9-]{0,60})\1 *$/m.exec(end === -1 ? head : head.slice(0, end))?.[2];
}

function readFrontMatter(text: string): unknown {
  const unix = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  // gray-matter takes the language from this line and would run `---js`: only a plain `---` is accepted.
  if (!unix.startsWith('---\n')) return undefined;
  if (!unix.includes('\n---', 3)) throw new Error('the front matter has no closing line ---');
  // Passing options also turns off gray-matter's cache, which would grow without bound.
  const refused = () => {
    throw new Error('only YAML is read');
  };
  const engines = {
    yaml: parseFrontMatter,
    json: refused,
    javascript: refused,
    js: refused,
    coffee: refused,
    toml: refused,
  };
  return matter(unix, { language: 'yaml', engines }).data;
}

function isDeeper(value: unknown, maxDepth: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    level = level.filter((item) => typeof item === 'object' && item !== null);
  }
  return false;
}

function describe(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  const issues = error.issues.slice(0, 3);
  return cleanText(
    issues.map((issue) => `${issue.path.map(String).join('.') || 'note'}: ${issue.message}`).join('; '),
    300,
  );
}

function brief(value: unknown): string {
  if (value instanceof z.ZodError) return describe(value);
  const text = value instanceof Error ? value.message : String(value);
  return cleanText(text.split('\n', 1)[0] ?? '', 200);
}
