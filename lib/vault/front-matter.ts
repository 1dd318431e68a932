import { parseDocument } from 'yaml';

/** The largest front matter for the YAML parser, which reads what people wrote by hand. Our own is parsed line by line. */
const MAX_YAML_CHARS = 16_384;

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
 * Parses front matter (without its `---` lines): quickly in the form that {@link formatFrontMatter} writes, otherwise as YAML
 * 1.2 with the core schema, so that times stay strings; no anchors, no tags, no duplicate keys, no key `__proto__`.
 * @throws Error that says what is wrong.
 */
export function parseFrontMatter(text: string): Record<string, unknown> {
  return parseLines(text) ?? parseYaml(text);
}

/** Whether front matter is in the form that {@link formatFrontMatter} writes, which is parsed quickly, not as YAML. */
export function isPlainFrontMatter(text: string): boolean {
  return parseLines(text) !== undefined;
}

function parseLines(text: string): Record<string, unknown> | undefined {
  const fields = new Map<string, unknown>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, key, json] = LINE.exec(line) ?? [];
    if (key === undefined || json === undefined || fields.has(key)) return undefined;
    try {
      // A reviver is slow, so it is used only when the key may occur.
      fields.set(key, json.includes(PROTO) ? JSON.parse(json, refuseProto) : JSON.parse(json));
    } catch {
      return undefined;
    }
  }
  return Object.fromEntries(fields);
}

function parseYaml(text: string): Record<string, unknown> {
  if (text.length > MAX_YAML_CHARS)
    throw new Error(`front matter in free form is limited to ${MAX_YAML_CHARS} characters`);
  const document = parseDocument(text, {
    schema: 'core',
    version: '1.2',
    merge: false,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const [error] = document.errors;
  if (error !== undefined) throw new Error(error.message);
  const [warning] = document.warnings;
  if (warning !== undefined) throw new Error(warning.message);
  const value: unknown = document.toJS({ maxAliasCount: 0, reviver: refuseObjects });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('front matter is not a list of fields');
  return Object.fromEntries(Object.entries(value));
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
