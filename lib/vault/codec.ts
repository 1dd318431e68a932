import matter from 'gray-matter';
import { z } from 'zod';
import { activeContentIn, activeInFields, inertFields } from '../core/active-content.ts';
import { SwarmError } from '../core/errors.ts';
import { PEOPLE } from '../core/ids.ts';
import { type NoteKind, type NoteProblem, noteEnvelope, type ReadableKind } from '../core/note.ts';
import { cleanText } from '../core/text.ts';
import { withoutEditorChanges } from './editor-properties.ts';
import {
  checkYaml,
  formatFrontMatter,
  frontMatterOf,
  MAX_DEPTH,
  MAX_YAML_CHARS,
  parsePlain,
  parseYaml,
} from './front-matter.ts';
import { isPage, pathOwner } from './paths.ts';

/** Bounds on a note by a stranger. */
export interface NoteLimits {
  readonly maxBytes: number;
  /** How much of a file that only grows (a log) is parsed: its front matter must end within this. */
  readonly maxFrontBytes: number;
  /**
   * The largest front matter in free form, in people's folders and elsewhere: programs don't write it, and a property editor
   * that rewrites all properties of their notes stays under this.
   */
  readonly maxPeopleYamlChars: number;
  readonly maxYamlChars: number;
  /** How deep objects and lists may nest in front matter. */
  readonly maxDepth: number;
}

export const NOTE_LIMITS: NoteLimits = {
  maxBytes: 256 * 1024,
  maxFrontBytes: 16 * 1024,
  maxPeopleYamlChars: MAX_YAML_CHARS,
  maxYamlChars: 4 * 1024,
  maxDepth: MAX_DEPTH,
};

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

/** The front matter of a note, parsed but not yet as one of a kind; or why it can't be. */
export type Front = {
  /** How much of it is for the YAML parser; 0 if it was plain or too long for that parser. */
  readonly yamlBytes: number;
} & (
  | { readonly ok: true; readonly value: unknown; readonly envelope: z.infer<typeof noteEnvelope> }
  | { readonly ok: false; readonly code: string; readonly detail: string }
);

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
  return decodeFront(kind, path, readFront(path, text, limits));
}

/**
 * Parses the front matter of a note by a stranger. The result depends on the text and on {@link readingOf} the path.
 * @param leavesYaml true to parse only what is plain: then the result for YAML is a problem that says how much it is.
 */
export function readFront(path: string, text: string, limits: NoteLimits = NOTE_LIMITS, leavesYaml = false): Front {
  let yamlBytes = 0;
  const problem = (code: string, detail: string): Front => ({ ok: false, code, detail, yamlBytes });
  const { grows, maxYamlChars } = readingOf(path, limits);
  if (!grows && (text.length > limits.maxBytes || Buffer.byteLength(text) > limits.maxBytes)) {
    return problem('vault/too-large', `the note is over ${limits.maxBytes} bytes`);
  }
  let value: unknown;
  try {
    const front = frontMatterOf(grows ? text.slice(0, limits.maxFrontBytes) : text);
    if (front === undefined) {
      if (/^\ufeff?---\r?\n/.test(text)) throw new Error('the front matter has no closing line ---');
      return problem('vault/no-front-matter', 'the note does not begin with a line ---');
    }
    value = parsePlain(front, limits.maxDepth);
    if (value === 'too-complex') {
      return problem('vault/too-deep', `values nest deeper than ${limits.maxDepth} or are too many`);
    }
    if (value === undefined) {
      if (front.length <= maxYamlChars) yamlBytes = Buffer.byteLength(front);
      if (leavesYaml && yamlBytes > 0) return problem('vault/not-parsed', 'it has front matter in free form');
      value = readYaml(front, maxYamlChars);
      if (isDeeper(value, limits.maxDepth)) {
        return problem('vault/too-deep', `values nest deeper than ${limits.maxDepth}`);
      }
    }
  } catch (error) {
    return problem('vault/bad-front-matter', brief(error));
  }
  const envelope = parseLeniently(noteEnvelope, value);
  if (!envelope.success) return problem('vault/bad-note', describe(envelope.error));
  return { ok: true, value, envelope: envelope.data, yamlBytes };
}

/** How the note at a path is read: whether only its start counts, and how much YAML it may have. */
export function readingOf(
  path: string,
  limits: NoteLimits = NOTE_LIMITS,
): { readonly grows: boolean; readonly maxYamlChars: number } {
  const maxYamlChars = pathOwner(path) === PEOPLE ? limits.maxPeopleYamlChars : limits.maxYamlChars;
  return { grows: !isPage(path), maxYamlChars };
}

/** Decodes front matter that {@link readFront} parsed, as {@link decodeNote} does. */
export function decodeFront<Data>(kind: ReadableKind<Data>, path: string, front: Front): Decoded<Data> {
  const problem = (code: string, detail: string): Decoded<Data> => ({ ok: false, problem: { path, code, detail } });
  const match = kind.path.exec(path);
  if (match === null) return problem('vault/wrong-path', `a note of kind ${kind.kind} doesn't belong here`);
  if (!front.ok) return problem(front.code, front.detail);
  const { envelope, value } = front;
  if (envelope.kind !== kind.kind)
    return problem('vault/wrong-kind', `the note says it is of kind ${brief(envelope.kind)}`);
  if (envelope.schema !== kind.version) {
    return problem(
      'vault/wrong-schema',
      `schema ${envelope.schema} is not ${kind.version}, the one this version reads`,
    );
  }
  const owner = match[1] ?? pathOwner(path);
  if (envelope.owner !== owner)
    return problem('vault/wrong-owner', `the owner is ${brief(envelope.owner)}, not ${owner}`);
  // What people write may contain links; an agent's properties are shown in lists that everybody opens.
  const active = owner === PEOPLE ? undefined : activeInFields(value);
  if (active !== undefined) return problem('vault/active-content', cleanText(`a property contains ${active}`, 200));
  try {
    const parsed = parseLeniently(kind.schema, value);
    return parsed.success ? { ok: true, data: parsed.data } : problem('vault/bad-note', describe(parsed.error));
  } catch (error) {
    return problem('vault/bad-note', brief(error));
  }
}

/** Parses a value; one that a property editor has changed, without its changes. */
function parseLeniently<Data>(schema: z.ZodType<Data>, value: unknown): z.ZodSafeParseResult<Data> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed;
  const corrected = withoutEditorChanges(value, parsed.error.issues);
  if (corrected === undefined) return parsed;
  const again = schema.safeParse(corrected);
  return again.success ? again : parsed;
}

function readYaml(front: string, maxYamlChars: number): unknown {
  // Before gray-matter, too: it searches for comments in all lines.
  checkYaml(front, maxYamlChars);
  // Passing options also turns off gray-matter's cache, which would grow without bound.
  const refused = () => {
    throw new Error('only YAML is read');
  };
  const engines = {
    yaml: parseYaml,
    json: refused,
    javascript: refused,
    js: refused,
    coffee: refused,
    toml: refused,
  };
  return matter(`---\n${front}\n---\n`, { language: 'yaml', engines }).data;
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
  const whole = issues.map((issue) => `${issue.path.map(String).join('.') || 'note'}: ${issue.message}`).join('; ');
  return ownCopy(cleanText(whole, 300));
}

function brief(value: unknown): string {
  if (value instanceof z.ZodError) return describe(value);
  const text = value instanceof Error ? value.message : String(value);
  return ownCopy(cleanText(text.split('\n', 1)[0] ?? '', 200));
}

/** The same text without the longer one that it is a part of, which would stay in memory for it. */
function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
