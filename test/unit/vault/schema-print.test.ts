import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NOTE_KINDS } from '../../../lib/host/note-kinds.ts';
import { printSchema } from '../../../lib/vault/schema-print.ts';

const base = () => ({ name: z.string().max(5), at: z.number().int(), list: z.array(z.enum(['a', 'b'])).optional() });
const doubled = (value: { readonly at: number }) => ({ ...value, at: value.at * 2 });
const tripled = (value: { readonly at: number }) => ({ ...value, at: value.at * 3 });

describe('the print of a schema', () => {
  it('is the same for the same declaration', () => {
    expect(printSchema(z.strictObject(base()))).toBe(printSchema(z.strictObject(base())));
    expect(printSchema(z.object(base()).transform(doubled))).toBe(printSchema(z.object(base()).transform(doubled)));
  });

  it('differs with every part of it', () => {
    const schemas = [
      z.strictObject(base()),
      z.object(base()),
      z.object({ ...base(), more: z.string().optional() }),
      z.object({ ...base(), name: z.string().max(6) }),
      z.object({ ...base(), name: z.string().regex(/^a$/) }),
      z.object({ ...base(), name: z.string().regex(/^a$/i) }),
      z.object({ ...base(), list: z.array(z.enum(['a', 'b', 'c'])).optional() }),
      z.object({ ...base(), list: z.array(z.enum(['a', 'b'])) }),
      z.object(base()).transform(doubled),
      z.object(base()).transform(tripled),
      z.object(base()).refine((value) => value.at > 1),
      z.object(base()).refine((value) => value.at > 2),
    ];
    expect(new Set(schemas.map(printSchema)).size).toBe(schemas.length);
  });

  it('tells the kinds of notes apart', () => {
    expect(new Set(NOTE_KINDS.map(({ schema }) => printSchema(schema))).size).toBe(NOTE_KINDS.length);
  });
});
