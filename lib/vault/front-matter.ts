import { CST, isScalar, Lexer, parseDocument, visit } from 'yaml';

/** The largest front matter for the YAML parser, which reads what people wrote by hand. Our own is parsed line by line. */
export const MAX_YAML_CHARS = 16_384;
/** The most lexemes (keys, values, marks, white space) of such front matter: the parser's time follows them. A line has about five. */
const MAX_LEXEMES = 2_000;
/** The most lines of it, also within one text: looking for comments takes time that grows with the square of blank lines. */
const MAX_LINES = 500;
/** The most lists and maps in a note's front matter: each takes memory many times its text. */
const MAX_CONTAINERS = 10_000;
/** How deep values may nest in front matter. */
export const MAX_DEPTH = 8;
/** How deep brackets may nest in YAML; what is deeper than notes may be is refused later. */
const MAX_BRACKETS = 16;

/** Characters that JSON doesn't escape but YAML or a terminal interprets: DEL, C1, bidi, separators, BOM. */
const UNQUOTED = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]/g;

/** A key that JavaScript objects treat specially: readers would silently lose it. */
const PROTO = '__proto__';

const KEY = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const LINE = /^([A-Za-z][A-Za-z0-9_-]{0,63}): (.+)$/;

/**
 * Formats front matter, one field a line with its value as JSON, which is YAML too: strings are always quoted, so that
 * none of them can end the block, become another type or start another field. Fields that are undefined are left out.
 * @throws TypeError for values that JSON can't hold, for fields with characters other than letters, digits, `_` and `-`,
 * and for the key `__proto__` in nested objects.
 */
export function formatFrontMatter(fields: Readonly<Record<string, unknown>>): string {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (!KEY.test(key)) throw new TypeError(`${JSON.stringify(key.slice(0, 80))} is not a key for front matter`);
    const json: unknown = JSON.stringify(value, refuseNonFinite);
    if (typeof json !== 'string') throw new TypeError(`the field ${key} is not a JSON value`);
    lines.push(`${key}: ${json.replace(UNQUOTED, escapeCharacter)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * Parses front matter (without its `---` lines) in the form that {@link formatFrontMatter} writes: cheap, whatever it holds.
 * Undefined when it has another form; `too-complex` when values nest too deep or are too many, which is known without parsing.
 */
export function parsePlain(text: string, maxDepth = MAX_DEPTH): Record<string, unknown> | 'too-complex' | undefined {
  const fields = new Map<string, unknown>();
  let containers = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, key, json] = LINE.exec(line) ?? [];
    if (key === undefined || json === undefined || fields.has(key)) return undefined;
    const nesting = measureNesting(json);
    containers += nesting.containers;
    if (nesting.depth > maxDepth || containers > MAX_CONTAINERS) return 'too-complex';
    // Such a number is one only on paper: it may be an amount that lost its quotes.
    if (/^-?\d{16,}$/.test(json)) return undefined;
    try {
      // A reviver is slow, so it is used only when the key may occur.
      fields.set(key, json.includes(PROTO) ? JSON.parse(json, refuseProto) : JSON.parse(json));
    } catch {
      return undefined;
    }
  }
  return Object.fromEntries(fields);
}

/** How deep lists and maps nest in JSON, and how many there are. */
function measureNesting(json: string): { readonly depth: number; readonly containers: number } {
  let [level, depth, containers] = [0, 0, 0];
  if (!json.startsWith('[') && !json.startsWith('{')) return { depth, containers };
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      // To the end of the string.
      for (at += 1; at < json.length && json[at] !== '"'; at++) if (json[at] === '\\') at += 1;
    } else if (character === '[' || character === '{') {
      containers += 1;
      level += 1;
      if (level > depth) depth = level;
    } else if (character === ']' || character === '}') level -= 1;
  }
  return { depth, containers };
}

/**
 * Parses front matter as YAML 1.2 with the core schema, so that times stay strings; no anchors, no tags, no duplicate keys, no
 * key `__proto__`. It must have passed {@link checkYaml}.
 * @throws Error that says what is wrong.
 */
export function parseYaml(text: string): Record<string, unknown> {
  const document = parseDocument(text, {
    schema: 'core',
    version: '1.2',
    merge: false,
    // Its check compares each key with each other.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(error.message);
  const [warning] = document.warnings;
  if (warning !== undefined) throw new Error(warning.message);
  visit(document, {
    // What no number holds as it is written stays the text that it was: an amount or a hash that lost its quotes.
    Scalar: (_, scalar) => {
      const { source, value } = scalar;
      if (typeof value === 'number' && source !== undefined && /^(?:[-+]?\d+|0[xo].*)$/i.test(source)) {
        if (String(value) !== source) scalar.value = source;
      }
    },
    Map: (_, map) => {
      const keys = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) throw new Error('a key must be a plain text');
        const name = String(key.value);
        if (keys.has(name)) throw new Error(`the key ${name.slice(0, 80)} is there twice`);
        keys.add(name);
      }
    },
  });
  const value: unknown = document.toJS({ maxAliasCount: 0, reviver: refuseObjects });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('front matter is not a list of fields');
  return Object.fromEntries(Object.entries(value));
}

/**
 * Checks, at the cost of a look at each character, that parsing front matter as YAML is cheap.
 * @throws Error that says what is too much, or not read at all.
 */
export function checkYaml(text: string, maxChars: number): void {
  if (text.length > maxChars) throw new Error(`front matter in free form is limited to ${maxChars} characters`);
  if (text.split('\n', MAX_LINES + 1).length > MAX_LINES)
    throw new Error(`front matter in free form is limited to ${MAX_LINES} lines`);
  let [lexemes, brackets, isText] = [0, 0, false];
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > MAX_LEXEMES) throw new Error(`front matter in free form is limited to ${MAX_LEXEMES} parts`);
    const type = isText ? null : CST.tokenType(lexeme);
    // This type announces that the next one is text.
    isText = type === 'scalar';
    if (type === 'flow-map-start' || type === 'flow-seq-start') brackets += 1;
    if (type === 'flow-map-end' || type === 'flow-seq-end') brackets -= 1;
    if (brackets > MAX_BRACKETS || brackets < 0) throw new Error('brackets don’t match or nest too deep');
    if (type !== null && NOT_READ.has(type)) throw new Error(`no ${type} is read in front matter`);
  }
}

/** What only YAML written to surprise a reader has. */
const NOT_READ: ReadonlySet<string> = new Set([
  'anchor',
  'alias',
  'tag',
  'directive',
  'directive-line',
  'explicit-key-ind',
]);

/** The front matter of a page without its `---` lines, with line ends of Unix; undefined when the page has none. */
export function frontMatterOf(text: string): string | undefined {
  const bare = text.startsWith('\ufeff') ? text.slice(1) : text;
  const unix = bare.includes('\r\n') ? bare.replaceAll('\r\n', '\n') : bare;
  // A word behind the first line's --- would name a language: only a plain one is accepted.
  if (!unix.startsWith('---\n')) return undefined;
  const end = unix.indexOf('\n---', 3);
  return end === -1 ? undefined : unix.slice(4, Math.max(4, end));
}

/** Whether a page's front matter, if it has any, needs no YAML parser: it is in the form that programs write. */
export function isPlainFrontMatter(text: string): boolean {
  const front = frontMatterOf(text);
  return front === undefined || parsePlain(front) !== undefined;
}

/** The bytes of a page's front matter that need the YAML parser; 0 when it is in the form that programs write. */
export function yamlBytesOf(text: string): number {
  const front = frontMatterOf(text);
  return front === undefined || parsePlain(front) !== undefined ? 0 : Buffer.byteLength(front);
}

function refuseProto(key: unknown, value: unknown): unknown {
  if (key === PROTO) throw new TypeError(`a field must not be called ${PROTO}`);
  return value;
}

function refuseObjects(key: unknown, value: unknown): unknown {
  if (ArrayBuffer.isView(value) || value instanceof Set || value instanceof Map || value instanceof Date) {
    throw new Error('tagged values are not read');
  }
  return refuseProto(key, value);
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`the field ${key} is ${value}`);
  if (typeof value === 'bigint') throw new TypeError(`the field ${key} is a bigint; amounts are strings on disk`);
  return refuseProto(key, value);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
