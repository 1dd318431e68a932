import { z } from 'zod';
import { hex32 } from '../../core/ids.ts';

/** An amount or a block's number: a string of digits. */
export const decimal = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform(BigInt);

/** A `ChainAnchor`. */
export const chainAnchor = z.strictObject({ number: decimal, hash: hex32, time: z.number().int().min(0) });

/** Formats a snapshot as JSON, with decimal strings for what is a bigint. */
export function formatJson(snapshot: object): string {
  return JSON.stringify(snapshot, (_key, field: unknown) => (typeof field === 'bigint' ? field.toString() : field));
}
