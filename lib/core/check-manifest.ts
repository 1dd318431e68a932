import { z } from 'zod';
import { closestTo } from './closest.ts';
import { SwarmError } from './errors.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

/** One error in a manifest: where, the value found, and what is expected there. */
export interface ManifestError {
  /** For example `agents/kk-0xyuls/manifest.yaml`. */
  readonly file: string;
  /** For example `spec.sells[0].price`; empty for the file as a whole. */
  readonly path: string;
  readonly detail: string;
}

/** A valid manifest, or all of its errors. */
export type ManifestVerdict =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly errors: readonly ManifestError[] };

/** Validates a manifest's parsed YAML and reports all errors, not only the first. Never throws. */
export function assessManifest(value: unknown, file: string): ManifestVerdict {
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    return {
      ok: false,
      errors: parsed.error.issues.flatMap((issue) =>
        describeIssue(issue, value).map(({ path, detail }) => ({ file, path: formatPath(path), detail })),
      ),
    };
  }
  const errors = contradictions(parsed.data).map(({ path, detail }) => ({ file, path: formatPath(path), detail }));
  return errors.length === 0 ? { ok: true, manifest: parsed.data } : { ok: false, errors };
}

/** Creates one SwarmError for any number of manifest errors, one line each: `file: path: detail`. */
export function badManifests(errors: readonly ManifestError[]): SwarmError {
  const lines = errors.map(({ file, path, detail }) => `  ${file}: ${path === '' ? '' : `${path}: `}${detail}`);
  const files = new Set(errors.map(({ file }) => file)).size;
  return new SwarmError({
    code: 'core/bad-manifest',
    disposition: 'stop',
    message: `${count(errors.length, 'error')} in ${count(files, 'manifest')}:\n${lines.join('\n')}\n`,
    next: `Correct ${files === 1 ? 'the file' : 'these files'} and start again; agents/manifest.schema.json lists every field.`,
  });
}

interface Finding {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** Describes a zod issue with the bad value. Each unknown key becomes one finding. */
function describeIssue(issue: z.core.$ZodIssue, root: unknown): readonly Finding[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path);
    return issue.keys.map((key) => {
      const meant = closestTo(key, known);
      const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
      return { path: issue.path, detail: `unknown key ${show(key)}; ${hint}` };
    });
  }
  const found = valueAt(root, issue.path);
  if (found === undefined) return [{ path: issue.path, detail: `is missing; ${expectation(issue)}` }];
  if (typeof found === 'number' && issue.code === 'invalid_type' && issue.expected === 'string') {
    const text = String(found);
    const quoted = /^\d{1,12}(?:\.\d{1,6})?$/.test(text) ? text : '0.05';
    return [{ path: issue.path, detail: `${text} is an unquoted number; write it as a quoted string: "${quoted}"` }];
  }
  return [{ path: issue.path, detail: `${show(found)} ${expectation(issue)}` }];
}

/** zod's own messages read "Invalid input: expected string, received array"; ours already start with "must". */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must ')) return issue.message;
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}`;
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  return `is not allowed: ${issue.message}`;
}

/** Errors that involve more than one field. */
function contradictions(manifest: Manifest): readonly Finding[] {
  const { sells, buys, budget } = manifest.spec;
  const found: Finding[] = [];
  for (const side of ['sells', 'buys'] as const) {
    const names = manifest.spec[side].map(({ product }) => product);
    names.forEach((product, index) => {
      if (names.indexOf(product) === index) return;
      found.push({ path: ['spec', side, index, 'product'], detail: `${show(product)} occurs twice; keep one entry` });
    });
  }
  sells.forEach(({ price }, index) => {
    if (price === 0n) found.push({ path: ['spec', 'sells', index, 'price'], detail: 'must be above zero' });
  });
  buys.forEach(({ onlyTopics, topics }, index) => {
    if (!onlyTopics || topics.length > 0) return;
    found.push({ path: ['spec', 'buys', index, 'onlyTopics'], detail: 'needs at least one topic in topics' });
  });
  if (budget.reserve > budget.daily) {
    found.push({ path: ['spec', 'budget', 'reserve'], detail: 'must not exceed budget.daily, or it never buys' });
  }
  return found;
}

/** The keys that the schema allows at a path. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = manifestSchema;
  for (const step of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[String(step)];
    else if (inner instanceof z.ZodArray) schema = inner.element;
    else return [];
  }
  const last = unwrap(schema);
  return last instanceof z.ZodObject ? Object.keys(last.shape) : [];
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  return schema;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** Formats a value as one short line; JSON escapes control characters. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${String(step)}`;
  return text;
}

function article(type: string): string {
  if (type === 'object') return 'a mapping (key: value)';
  if (type === 'array') return 'a list (- item)';
  return type === 'int' ? 'a whole number' : `a ${type}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
