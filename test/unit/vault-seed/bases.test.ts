import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { noteKinds } from '../../../lib/host/note-kinds.ts';
import { comparisons, fieldsRead, formulasRead, kindsAsked } from '../../support/dashboard-expressions.ts';
import { choicesOf, fieldOf, seedFilesEnding } from '../../support/vault-seed.ts';

// The format as https://help.obsidian.md/bases/syntax describes it.
type Filter = string | { readonly [how in 'and' | 'or' | 'not']?: readonly Filter[] };
const filter: z.ZodType<Filter> = z.lazy(() =>
  z.union([
    z.string(),
    z.strictObject({ and: z.array(filter).min(1) }),
    z.strictObject({ or: z.array(filter).min(1) }),
    z.strictObject({ not: z.array(filter).min(1) }),
  ]),
);
const by = z.strictObject({ property: z.string(), direction: z.enum(['ASC', 'DESC']) });
const base = z.strictObject({
  filters: filter,
  formulas: z.record(z.string().regex(/^[a-zA-Z]\w*$/), z.string()),
  // Other than elsewhere, a note's property must carry its prefix here, or its display name is ignored.
  properties: z.record(
    z.string().regex(/^(?:note|formula|file)\.\w+$/),
    z.strictObject({ displayName: z.string().min(1) }),
  ),
  summaries: z.record(z.string(), z.string()).optional(),
  views: z
    .array(
      z.strictObject({
        type: z.enum(['table', 'cards', 'list']),
        name: z.string().min(1),
        limit: z.number().int().positive().optional(),
        filters: filter.optional(),
        groupBy: by.optional(),
        order: z.array(z.string()).min(1),
        sort: z.array(by).optional(),
        summaries: z.record(z.string(), z.string()).optional(),
        rowHeight: z.enum(['short', 'medium', 'tall', 'extra']).optional(),
      }),
    )
    .min(1),
});

const DEFAULT_SUMMARIES = ['Sum', 'Average', 'Min', 'Max', 'Median', 'Range', 'Earliest', 'Latest', 'Filled', 'Unique'];

function statements(of: Filter | undefined): readonly string[] {
  if (of === undefined) return [];
  if (typeof of === 'string') return [of];
  return Object.values(of).flatMap((parts) => (parts ?? []).flatMap(statements));
}

describe.each(seedFilesEnding('.base'))('%s', (_, text) => {
  const parsed = base.parse(parse(text));
  const baseKinds = statements(parsed.filters).flatMap(kindsAsked);

  /** The kinds whose notes a view shows. */
  const kindsOf = (view: (typeof parsed.views)[number]) => {
    const narrowed = statements(view.filters).flatMap(kindsAsked);
    return narrowed.length > 0 ? narrowed : baseKinds;
  };
  const known = (field: string, kinds: readonly string[]) => kinds.some((kind) => fieldOf(kind, field) !== undefined);

  it('asks for notes of kinds that exist', () => {
    expect(baseKinds.length).toBeGreaterThan(0);
    const kinds: readonly string[] = noteKinds.map(({ kind }) => kind);
    for (const kind of [...baseKinds, ...parsed.views.flatMap(kindsOf)]) expect(kinds).toContain(kind);
  });

  it('holds well-formed expressions', () => {
    const filters = [parsed.filters, ...parsed.views.map((view) => view.filters)].flatMap(statements);
    for (const expression of [
      ...filters,
      ...Object.values(parsed.formulas),
      ...Object.values(parsed.summaries ?? {}),
    ]) {
      // The language of Bases is JavaScript's expressions, with a function called `if`.
      expect(() => new Script(`(${expression.replaceAll(/\bif\(/g, 'choose(')})`), expression).not.toThrow();
    }
  });

  it('reads only fields that the notes have', () => {
    for (const expression of Object.values(parsed.formulas)) {
      for (const field of fieldsRead(expression))
        expect(known(field, baseKinds), `${field} in ${expression}`).toBe(true);
    }
    for (const property of Object.keys(parsed.properties)) {
      if (property.startsWith('note.')) expect(known(property.slice(5), baseKinds), property).toBe(true);
    }
  });

  it.each(parsed.views.map((view) => [view.name, view] as const))('shows columns that exist in «%s»', (_name, view) => {
    const columns = [
      ...view.order,
      ...(view.sort ?? []).map((sort) => sort.property),
      ...Object.keys(view.summaries ?? {}),
    ];
    if (view.groupBy !== undefined) columns.push(view.groupBy.property);
    for (const column of columns) {
      if (column.startsWith('file.')) continue;
      if (column.startsWith('formula.')) expect(Object.keys(parsed.formulas)).toContain(column.slice(8));
      else for (const kind of kindsOf(view)) expect(fieldOf(kind, column), `${column} of ${kind}`).toBeDefined();
    }
    for (const statement of statements(view.filters)) {
      for (const field of fieldsRead(statement))
        expect(known(field, kindsOf(view)), `${field} in ${statement}`).toBe(true);
    }
    const summaries = [...DEFAULT_SUMMARIES, ...Object.keys(parsed.summaries ?? {})];
    for (const name of Object.values(view.summaries ?? {})) expect(summaries).toContain(name);
  });

  it('compares fields with values that they can have', () => {
    const filters = [parsed.filters, ...parsed.views.map((view) => view.filters)].flatMap(statements);
    for (const { field, text: value } of [...filters, ...Object.values(parsed.formulas)].flatMap(comparisons)) {
      const choices = [...new Set([...baseKinds].flatMap((kind) => choicesOf(fieldOf(kind, field)) ?? []))];
      if (choices.length > 0) expect(choices, `${field} == "${value}"`).toContain(value);
    }
  });

  it('defines the formulas it reads', () => {
    const read = Object.values(parsed.formulas).flatMap(formulasRead);
    expect(Object.keys(parsed.formulas)).toEqual(expect.arrayContaining(read));
  });
});
