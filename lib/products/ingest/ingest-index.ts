import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { hex32 } from '../../core/ids.ts';
import { day, pseudonym } from '../settings.ts';
import { ingestCounts } from './counts.ts';

/** Raised when ingest changes what it makes: then everything is read again. */
export const INGEST_VERSION = 2;

const segment = z.strictObject({ day, digest: hex32, sizeBytes: z.number().int().min(0) });

const knownFile = z.strictObject({
  /** Size, time of change and inode: a file that has the same is the same. */
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
});

/** What earlier scans left behind. */
export interface IngestIndex {
  readonly files: Map<string, KnownFile>;
  readonly roster: Set<string>;
}

const FILE = 'ingest.json';

/** Reads the index, or starts an empty one when there is none, it is torn, or it is of other settings. */
export async function readIngestIndex(workDir: string, ingestKey: string): Promise<IngestIndex> {
  try {
    const parsed = ingestIndex.parse(JSON.parse(await readFile(join(workDir, FILE), 'utf8')));
    if (parsed.ingestKey === ingestKey) {
      return { files: new Map(Object.entries(parsed.files)), roster: new Set(parsed.roster) };
    }
  } catch {
    // Absent or torn: the logs are read again, which gives the same.
  }
  return { files: new Map(), roster: new Set() };
}

/** Writes the index whole or not at all. */
export async function writeIngestIndex(workDir: string, ingestKey: string, index: IngestIndex): Promise<void> {
  const path = join(workDir, FILE);
  const temporary = join(dirname(path), `.${FILE}-${process.pid}`);
  const value: z.input<typeof ingestIndex> = {
    version: INGEST_VERSION,
    ingestKey,
    files: Object.fromEntries(index.files),
    roster: [...index.roster].sort(),
  };
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(value));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
