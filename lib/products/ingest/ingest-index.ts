import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { z } from 'zod';
import { hex32 } from '../../core/ids.ts';
import { writeDurably } from '../../files/durable.ts';
import { PRIVATE } from '../../files/private-file.ts';
import { day, pseudonym } from '../settings.ts';
import { ingestCounts } from './counts.ts';

/** Increased when the output of ingest changes: then all logs are read again. */
export const INGEST_VERSION = 7;

const segment = z.strictObject({ day, digest: hex32, sizeBytes: z.number().int().min(0) });

const knownFile = z.strictObject({
  /** Size, change time and inode: an equal stamp means an unchanged file. Empty when it must be read again. */
  stamp: z.string().max(120),
  /** The name of its format, if it was recognized. */
  format: z.string().max(40).optional(),
  /** A digest of its start and end, which tells a file that grew from one that was corrected. */
  edges: z.string().max(80).default(''),
  segments: z.array(segment).max(5000),
  counts: ingestCounts,
  /** The number of the first line, or value of a JSON document, that wasn't understood, from 0. */
  firstUnparsed: z.number().int().min(0).optional(),
  problem: z.strictObject({ code: z.string().max(60), detail: z.string().max(400) }).optional(),
});
export type KnownFile = z.infer<typeof knownFile>;

const ingestIndex = z.strictObject({
  version: z.literal(INGEST_VERSION),
  /** A digest of the pseudonyms' key and of settings such as the opt-outs: what was ingested with others can't be used. */
  ingestKey: z.string().max(80),
  files: z.record(z.string(), knownFile),
  /** The pseudonyms of all people who were ever seen. */
  roster: z.array(pseudonym),
  /** Keyed digests of identifiers and names that logs tell of people who opted out; they hold for all logs. */
  revealed: z.array(z.string().max(40)),
  /** Keyed digests of the opt-outs that were found in some log. */
  matched: z.array(z.string().max(40)),
  /** The digest of each day as it was last given out, also of days that are gone. */
  days: z.record(day, hex32),
  edition: z.number().int().min(0),
});

/** The stored results of earlier scans. */
export interface IngestIndex {
  readonly files: Map<string, KnownFile>;
  readonly roster: Set<string>;
  /** Keyed digests of what logs tell of people who opted out. */
  readonly revealed: Set<string>;
  /** Keyed digests of the opt-outs that were found in some log. */
  readonly matched: Set<string>;
  /** The digest of each day as it was last given out. */
  readonly days: Map<string, Hex>;
  /** When a day that had been given out last became another, in seconds since 1970; 0 before the first scan. */
  edition: number;
}

const FILE = 'ingest.json';

/**
 * Reads the index, or starts an empty one when it is absent or truncated. From one with other settings, only the published
 * days and their edition are used.
 */
export async function readIngestIndex(workDir: string, ingestKey: string): Promise<IngestIndex> {
  try {
    const parsed = ingestIndex.parse(JSON.parse(await readFile(join(workDir, FILE), 'utf8')));
    const { edition } = parsed;
    const days = new Map(Object.entries(parsed.days));
    if (parsed.ingestKey !== ingestKey) return { ...emptyIndex(), days, edition };
    return {
      files: new Map(Object.entries(parsed.files)),
      roster: new Set(parsed.roster),
      revealed: new Set(parsed.revealed),
      matched: new Set(parsed.matched),
      days,
      edition,
    };
  } catch {
    // Absent or truncated: the logs are read again, with the same result.
  }
  return emptyIndex();
}

/** An index of nothing. */
export function emptyIndex(): IngestIndex {
  return {
    files: new Map(),
    roster: new Set(),
    revealed: new Set(),
    matched: new Set(),
    days: new Map(),
    edition: 0,
  };
}

/**
 * Notes the days that are given out now. When one of them is another than before, a new edition begins: its number is
 * the time, and always higher than the one before. Returns whether anything is new.
 */
export function noteDays(index: IngestIndex, days: readonly (readonly [string, Hex])[], now: number): boolean {
  const news = days.filter(([day, digest]) => index.days.get(day) !== digest);
  const isRevised = index.edition === 0 || news.some(([day]) => index.days.has(day));
  if (isRevised) index.edition = Math.max(index.edition + 1, Math.floor(now));
  for (const [day, digest] of news) index.days.set(day, digest);
  return isRevised || news.length > 0;
}

/** Writes the index atomically. */
export async function writeIngestIndex(workDir: string, ingestKey: string, index: IngestIndex): Promise<void> {
  const value: z.input<typeof ingestIndex> = {
    version: INGEST_VERSION,
    ingestKey,
    files: Object.fromEntries(index.files),
    roster: [...index.roster].sort(),
    revealed: [...index.revealed].sort(),
    matched: [...index.matched].sort(),
    days: Object.fromEntries(index.days),
    edition: index.edition,
  };
  await writeDurably(join(workDir, FILE), JSON.stringify(value), { mode: PRIVATE });
}
