import { createHash } from 'node:crypto';
import { z } from 'zod';

const DIGITS = 16;

/**
 * A short text that differs where two schemas read the same input differently, as far as their declarations tell: types,
 * bounds, patterns and the source of functions, but not what these functions call. Made for keys of caches.
 */
export function printSchema(schema: z.ZodType): string {
  const digest = createHash('sha256').update(JSON.stringify(z.core.version));
  const seen = new Map<object, number>();
  const put = (text: string): void => {
    digest.update(`${text.length}:${text}`);
  };

  function visit(value: unknown): void {
    if (typeof value === 'function') put(`function ${Function.prototype.toString.call(value)}`);
    else if (typeof value !== 'object' || value === null) put(`${typeof value} ${String(value)}`);
    else if (value instanceof RegExp) put(String(value));
    else if (seen.has(value)) put(`again ${seen.get(value)}`);
    else visitObject(value);
  }

  function visitObject(value: object): void {
    seen.set(value, seen.size);
    const definition = definitionOf(value) ?? value;
    const items = definition instanceof Set || definition instanceof Map ? [...definition] : definition;
    for (const [key, field] of Object.entries(items)) {
      put(key);
      visit(field);
    }
    put('end');
  }

  visit(schema);
  return digest.digest('hex').slice(0, DIGITS);
}

/** What a schema or a check of zod declares; the rest of these objects is machinery. */
function definitionOf(value: object): object | undefined {
  if (!('_zod' in value)) return undefined;
  const { _zod: inner } = value;
  if (typeof inner !== 'object' || inner === null || !('def' in inner)) return undefined;
  return typeof inner.def === 'object' && inner.def !== null ? inner.def : undefined;
}
