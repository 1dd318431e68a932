import { z } from 'zod';

/** Returns the time in whole seconds since 1970. Passed in, so that rules stay pure and tests choose the time. */
export type Clock = () => number;

/** The machine's clock. */
export const systemClock: Clock = () => Math.floor(Date.now() / 1000);

/** A point in time in whole seconds since 1970, as contracts count it. */
export const epochSeconds = z.number().int().min(0).max(0xff_ffff_ffff);

/** A time in a note: ISO 8601 in UTC with whole seconds, as in `2026-11-20T19:13:04Z`. */
export const isoTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, 'must be as 2026-11-20T19:13:04Z');

/** Formats seconds since 1970 as ISO 8601 in UTC. */
export function formatIso(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/** The UTC day of a time, as in `2026-11-20`. */
export function formatDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** The UTC month of a time, as in `2026-11`. */
export function formatMonth(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 7);
}
