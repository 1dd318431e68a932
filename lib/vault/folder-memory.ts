import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parseJson } from '../core/json.ts';
import { writeDurably } from '../files/durable.ts';

/** More files than that are not told by name. */
const MAX_FINDINGS = 50;

const finding = z.object({ path: z.string(), why: z.string() });
const standing = z.object({ why: z.string(), next: z.string(), sinceMs: z.number() });

const memory = z.object({
  /** The host's own head. */
  head: z.string().regex(/^[0-9a-f]{40,64}$/),
  stash: z.string(),
  headMark: z.string(),
  wasStanding: z.boolean(),
  /** The versions on which files were typed that differ from what is shown. */
  bases: z.record(z.string(), z.string()),
  /** Why the folder doesn't follow the vault; absent while it does. */
  standing: standing.optional(),
  /** Files of the folder that are not in the vault, and why. */
  findings: z.array(finding),
});

/** What the host remembers of the opened folder across starts, and tells other commands. */
export type FolderMemory = z.infer<typeof memory>;

/** Why the opened folder stands still and which of its files are not in the vault. */
export interface FolderReport {
  readonly standing: z.infer<typeof standing> | undefined;
  readonly findings: readonly z.infer<typeof finding>[];
}

/** Reads the memory of a work tree; undefined when there is none that can be read. */
export async function readFolderMemory(workTree: string): Promise<FolderMemory | undefined> {
  const parsed = memory.safeParse(parseJson(await readFile(fileOf(workTree), 'utf8').catch(() => '')));
  return parsed.success ? parsed.data : undefined;
}

/** Writes it so that a kill leaves it whole. */
export async function writeFolderMemory(workTree: string, value: FolderMemory): Promise<void> {
  const text = JSON.stringify({ ...value, findings: value.findings.slice(0, MAX_FINDINGS) });
  await writeDurably(fileOf(workTree), text, { isSynced: false, onlyIfChanged: true });
}

/** Reads what a host tells of the folder that people open. */
export async function readFolderReport(workTree: string): Promise<FolderReport> {
  const found = await readFolderMemory(workTree);
  return { standing: found?.standing, findings: found?.findings ?? [] };
}

/** Says in a sentence why the folder stands still and what to do. */
export function standingText({ why, next, sinceMs }: z.infer<typeof standing>, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - sinceMs) / 1000));
  const time = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `${why} since ${time}; the folder follows main again ${next}`;
}

function fileOf(workTree: string): string {
  return path.join(workTree, '.git', 'karmakadabra-folder.json');
}
