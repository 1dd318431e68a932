import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';

/** How long a day file stays after its last use, in seconds: a product may still be made from it. */
const KEPT_SECONDS = 3600;

/** The path of a day, or of a log's part of one, by its digest. */
export function dayPath(daysDir: string, digest: Hex): string {
  return join(daysDir, `${digest.slice(2)}.jsonl`);
}

/** Removes unused files from the folder of days. */
export interface DayFiles {
  /** Removes files that were not in use for an hour. Times in seconds since 1970. */
  readonly sweep: (inUse: ReadonlySet<Hex>, now: number) => Promise<void>;
}

/** Opens the folder, creating nothing, and removes what a kill in the middle of a scan left behind. */
export async function openDayFiles(daysDir: string): Promise<DayFiles> {
  for (const name of await readdir(daysDir)) {
    if (name.startsWith('.spool-') || name.startsWith('.making-')) await rm(join(daysDir, name), { force: true });
  }
  /** When each unused file was first seen to be unused. */
  let unusedSince = new Map<string, number>();
  return {
    sweep: async (inUse, now) => {
      const used = new Set([...inUse].map((digest) => dayPath(daysDir, digest)));
      const still = new Map<string, number>();
      for (const name of await readdir(daysDir)) {
        const path = join(daysDir, name);
        if (!/^[0-9a-f]{64}\.jsonl$/.test(name) || used.has(path)) continue;
        const since = unusedSince.get(path) ?? now;
        if (now - since >= KEPT_SECONDS) await rm(path, { force: true });
        else still.set(path, since);
      }
      unusedSince = still;
    },
  };
}
