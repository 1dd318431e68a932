import { z } from 'zod';
import { SwarmError } from './errors.ts';

/** USDC has six decimals: 1 USDC is 1,000,000 atomic units. */
export const USDC_DECIMALS = 6;
const UNIT = 10n ** BigInt(USDC_DECIMALS);

/**
 * Parses a decimal amount of USDC, as in `0.05`, into atomic units.
 * @throws SwarmError `core/bad-amount` for anything but digits with at most six decimals.
 */
export function parseUsdc(text: string): bigint {
  const match = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) {
    throw new SwarmError({
      code: 'core/bad-amount',
      disposition: 'stop',
      message: `${JSON.stringify(text.slice(0, 40))} is not an amount of USDC`,
      next: 'Write digits with at most six decimals, as in 0.05.',
    });
  }
  return BigInt(match[1] ?? '0') * UNIT + BigInt((match[2] ?? '').padEnd(USDC_DECIMALS, '0'));
}

/** Formats atomic units as USDC with at least two decimals and no trailing zeros past them: `50000n` is `0.05`. */
export function formatUsdc(amountAtomic: bigint): string {
  const sign = amountAtomic < 0n ? '-' : '';
  const abs = amountAtomic < 0n ? -amountAtomic : amountAtomic;
  const fraction = (abs % UNIT)
    .toString()
    .padStart(USDC_DECIMALS, '0')
    .replace(/0{1,4}$/, '');
  return `${sign}${abs / UNIT}.${fraction}`;
}

/** Atomic units on disk and in JSON: a quoted string of digits, never a number. Parses to `bigint`. */
export const atomicAmount = z
  .string({ error: 'must be a quoted string of digits (atomic units), never a number' })
  .regex(/^\d{1,30}$/, 'must be a string of digits (atomic units)')
  .transform((text) => BigInt(text));

/** A price that a person writes: a quoted decimal string of USDC. Parses to atomic units. */
export const usdcAmount = z
  .string({ error: 'must be a quoted decimal string of USDC such as "0.05" (an unquoted number would be a float)' })
  .regex(/^\d{1,12}(?:\.\d{1,6})?$/, 'must be digits with at most six decimals, as in "0.05"')
  .transform((text) => parseUsdc(text));

/** Adds up amounts. */
export function sumAtomic(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}
