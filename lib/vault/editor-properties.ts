import type { z } from 'zod';

/** The properties that Obsidian and its plugins add to any note. */
const ADDED: ReadonlySet<string> = new Set(['tags', 'tag', 'aliases', 'alias', 'cssclasses', 'cssclass', 'publish']);
/** How deep unions of kinds may nest whose errors are looked at. */
const MAX_UNIONS = 4;

type Issue = z.core.$ZodIssue;

/**
 * Front matter without what a property editor adds or rewrites, as far as a kind's errors name it: the editor's own and empty properties
 * go, digits and words that lost their quotes are texts again. Undefined when that changes nothing. A signature over the values still
 * has to hold.
 */
export function withoutEditorChanges(value: unknown, issues: readonly Issue[]): unknown {
  const copy: unknown = structuredClone(value);
  let changes = 0;
  for (const issue of flatten(issues, [], 0)) if (correct(copy, issue)) changes += 1;
  return changes === 0 ? undefined : copy;
}

function correct(root: unknown, issue: Issue): boolean {
  if (issue.code === 'unrecognized_keys') {
    const fields = fieldsAt(root, issue.path);
    if (fields === undefined) return false;
    const isOurs = (key: string) => isEmpty(fields[key]) || (issue.path.length === 0 && ADDED.has(key));
    const removed = issue.keys.filter(isOurs);
    for (const key of removed) delete fields[key];
    return removed.length > 0;
  }
  const key = issue.path.at(-1);
  const fields = fieldsAt(root, issue.path.slice(0, -1));
  if (issue.code !== 'invalid_type' || fields === undefined || key === undefined) return false;
  const name = String(key);
  const found = fields[name];
  if (issue.expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) {
    fields[name] = String(found);
    return true;
  }
  if (found !== null) return false;
  if (issue.expected === 'array') fields[name] = [];
  else delete fields[name];
  return true;
}

function flatten(issues: readonly Issue[], start: readonly PropertyKey[], depth: number): readonly Issue[] {
  return issues.flatMap((issue): readonly Issue[] => {
    const path = [...start, ...issue.path];
    if (issue.code !== 'invalid_union' || depth >= MAX_UNIONS) return [{ ...issue, path }];
    return issue.errors.flatMap((errors) => flatten(errors, path, depth + 1));
  });
}

function fieldsAt(root: unknown, path: readonly PropertyKey[]): Record<string, unknown> | undefined {
  let at = root;
  for (const key of path) at = isFields(at) && Object.hasOwn(at, key) ? at[String(key)] : undefined;
  return isFields(at) ? at : undefined;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}
