import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { z } from 'zod';
import { hex32 } from '../../core/ids.ts';
import { writeDurably } from '../../files/durable.ts';
import { PRIVATE } from '../../files/private-file.ts';
import { day, pseudonym } from '../settings.ts';
import { ingestCounts } from './counts.ts';

/** Raised when ingest changes what it makes: then everything is read again. */
export const INGEST_VERSION = 5;

const segment = z.strictObject({ day, digest: hex32, sizeBytes: z.number().int().min(0) });

const knownFile = z.strictObject({
  /** Size, time of change and inode: a file that has the same is the same. Empty where it has to be read again. */
  stamp: z.string().max(120),
  segments: z.array(segment).max(5000),
  counts: ingestCounts,
  problem: z.strictObject({ code: z.string().max(60), detail: z.string().max(400) }).optional(),
});
export type KnownFile = z.infer<typeof knownFile>;

const ingestIndex = z.strictObject({
  version: z.literal(INGEST_VERSION),
  /** Covers the key of the pseudonyms and the opt-outs: what was ingested under others is of no use. */
  ingestKey: z.string().max(80),
  files: z.record(z.string(), knownFile),
  /** The pseudonyms of all who were ever seen. */
  roster: z.array(pseudonym),
  /** The digest of each day as it was last given out, also of days that are gone. */
  days: z.record(day, hex32),
  edition: z.number().int().min(0),
});

/** What earlier scans left behind. */
export interface IngestIndex {
  readonly files: Map<string, KnownFile>;
  readonly roster: Set<string>;
  /** The digest of each day as it was last given out. */
  readonly days: Map<string, Hex>;
  /** When a day that had been given out last became another, in seconds since 1970; 0 before the first scan. */
  edition: number;
}

const FILE = 'ingest.json';

/**
 * Reads the index, or starts an empty one when there is none or it is torn. Of one made under other settings only the days
 * given out and their edition are of use.
 */
export async function readIngestIndex(workDir: string, ingestKey: string): Promise<IngestIndex> {
  try {
    const parsed = ingestIndex.parse(JSON.parse(await readFile(join(workDir, FILE), 'utf8')));
    const { edition } = parsed;
    const days = new Map(Object.entries(parsed.days));
    if (parsed.ingestKey !== ingestKey) return { files: new Map(), roster: new Set(), days, edition };
    return { files: new Map(Object.entries(parsed.files)), roster: new Set(parsed.roster), days, edition };
  } catch {
    // Absent or torn: the logs are read again, which gives the same.
  }
  return { files: new Map(), roster: new Set(), days: new Map(), edition: 0 };
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

/** Writes the index whole or not at all. */
export async function writeIngestIndex(workDir: string, ingestKey: string, index: IngestIndex): Promise<void> {
  const value: z.input<typeof ingestIndex> = {
    version: INGEST_VERSION,
    ingestKey,
    files: Object.fromEntries(index.files),
    roster: [...index.roster].sort(),
    days: Object.fromEntries(index.days),
    edition: index.edition,
  };
  await writeDurably(join(workDir, FILE), JSON.stringify(value), { mode: PRIVATE });
}
