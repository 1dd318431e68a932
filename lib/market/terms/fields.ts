import { z } from 'zod';
import { epochSeconds, isoTime } from '../../core/time.ts';

// Controls, lone surrogates, line and paragraph separators, and bidirectional marks, which make text look different.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** A line of text for people: well-formed, no control characters, at most `maxBytes` of UTF-8. */
export function plainLine(minBytes: number, maxBytes: number): z.ZodType<string, string> {
  return z
    .string()
    .refine((text) => !UNPRINTABLE.test(text), 'must hold no control characters')
    .refine((text) => {
      const bytes = Buffer.byteLength(text);
      return bytes >= minBytes && bytes <= maxBytes;
    }, `must be ${minBytes} to ${maxBytes} bytes of UTF-8`);
}

/** Seconds, as a contract's `uint32`. */
export const uint32 = z.number().int().min(0).max(0xffff_ffff);

/** A number of bytes. `uint64` in the contract; here limited to safe integers. */
export const sizeBytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A time: ISO 8601 in notes (`2026-11-20T19:13:04Z`), seconds since 1970 in code. */
export const isoSeconds = isoTime.transform((text) => Date.parse(text) / 1000).pipe(epochSeconds);

/** An age X25519 recipient, as in `age1…`. */
export const ageRecipient = z
  .string()
  .regex(/^age1[02-9ac-hj-np-z]{58}$/, 'must be an age recipient: age1 and 58 characters of Bech32');
