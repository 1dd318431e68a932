import { createHash, type Hash } from 'node:crypto';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SwarmError } from '../../core/errors.ts';
import type { GoodsFile } from '../../core/work.ts';
import { commitFile } from '../../files/durable.ts';
import { PRIVATE } from '../../files/private-file.ts';

/** One log's messages of one day, in a file named by its digest. */
export interface Segment extends GoodsFile {
  readonly day: string;
}

/** Collects messages by day on disk while a log is read. */
export interface DaySpool {
  readonly add: (day: string, line: string) => void;
  /** Writes the buffered messages. */
  readonly flush: () => Promise<void>;
  /** Renames the finished segments to their final names and returns them, ordered by day. */
  readonly finish: () => Promise<readonly Segment[]>;
  /** Removes the unfinished segments. */
  readonly discard: () => Promise<void>;
}

/** The maximum number of days in one log, since each takes a file. */
const MAX_DAYS = 4000;
const FLUSH_CHARACTERS = 256 * 1024;

interface Gathering {
  readonly path: string;
  readonly hash: Hash;
  lines: string[];
  sizeBytes: number;
}

/** Opens a spool in `dir`, where the segments will be too. `name` keeps spools apart. */
export async function openDaySpool(dir: string, name: string): Promise<DaySpool> {
  await mkdir(dir, { recursive: true });
  const days = new Map<string, Gathering>();
  let gathered = 0;
  const write = async () => {
    gathered = 0;
    for (const day of days.values()) {
      if (day.lines.length === 0) continue;
      const bytes = Buffer.from(day.lines.join(''), 'utf8');
      day.lines = [];
      day.hash.update(bytes);
      day.sizeBytes += bytes.length;
      await appendFile(day.path, bytes, { mode: PRIVATE });
    }
  };
  const discard = async () => {
    for (const { path } of days.values()) await rm(path, { force: true });
    days.clear();
  };
  return {
    add: (day, line) => {
      let gathering = days.get(day);
      if (gathering === undefined) {
        if (days.size >= MAX_DAYS) throw tooManyDays();
        gathering = { path: join(dir, `.spool-${name}-${day}`), hash: createHash('sha256'), lines: [], sizeBytes: 0 };
        days.set(day, gathering);
      }
      gathering.lines.push(line);
      gathered += line.length;
    },
    flush: async () => {
      if (gathered >= FLUSH_CHARACTERS) await write();
    },
    finish: async () => {
      await write();
      const segments: Segment[] = [];
      for (const [day, { path, hash, sizeBytes }] of [...days].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const hex = hash.digest('hex');
        const target = join(dir, `${hex}.jsonl`);
        await commitFile(path, target);
        segments.push({ day, path: target, digest: `0x${hex}`, sizeBytes });
      }
      days.clear();
      return segments;
    },
    discard,
  };
}

function tooManyDays(): SwarmError {
  return new SwarmError({
    code: 'products/too-many-days',
    disposition: 'stop',
    message: `The log has more than ${MAX_DAYS} days`,
    next: 'Split it into several files.',
  });
}
