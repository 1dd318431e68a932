import { createTokenBucket } from '../core/token-bucket.ts';
import { cleanLine, cutBytes, LINE_BYTES } from './text.ts';

/** The rate limit of an agent's lines, and the limits of its queue. */
export interface OutboxOptions {
  /** Lines that may be sent at once. */
  readonly burst: number;
  /** After a burst, the milliseconds between two lines. */
  readonly everyMs: number;
  /** The maximum number of queued lines; the oldest are dropped. */
  readonly capacity: number;
  /** A line that waited longer is dropped. */
  readonly maxAgeMs: number;
  /** The same line is not said again within this. */
  readonly repeatMs: number;
}

/** A rate that public networks allow. */
export const OUTBOX_DEFAULTS: OutboxOptions = {
  burst: 5,
  everyMs: 2000,
  capacity: 60,
  maxAgeMs: 300_000,
  repeatMs: 60_000,
};

/** The numbers of lines that were not said, by reason. */
export interface OutboxStats {
  readonly duplicates: number;
  readonly overflowed: number;
  readonly stale: number;
}

/** A queue of lines with a rate limit. All times are in milliseconds of one clock. */
export interface Outbox {
  /** Cleans a line, cuts it to 400 bytes and queues it; false if it is empty or was said lately. */
  readonly put: (line: string, nowMs: number) => boolean;
  /** Returns the next line if it may be sent now, else how long to wait; undefined if the queue is empty. */
  readonly take: (nowMs: number) => { readonly line: string } | { readonly waitMs: number } | undefined;
  readonly stats: () => OutboxStats;
}

const MOST_REMEMBERED = 500;

/** Creates an empty outbox. */
export function createOutbox(options: OutboxOptions): Outbox {
  const queue: { readonly line: string; readonly atMs: number }[] = [];
  const saidAtMs = new Map<string, number>();
  const bucket = createTokenBucket(options.burst, options.everyMs);
  let duplicates = 0;
  let overflowed = 0;
  let stale = 0;

  return {
    put: (text, nowMs) => {
      const line = cutBytes(cleanLine(text), LINE_BYTES);
      if (line === '') return false;
      const key = duplicateKey(line);
      const before = saidAtMs.get(key);
      if (before !== undefined && nowMs - before < options.repeatMs) {
        duplicates += 1;
        return false;
      }
      // Re-inserted at the end, so that the first entry is always the oldest.
      saidAtMs.delete(key);
      saidAtMs.set(key, nowMs);
      for (const [old, atMs] of saidAtMs) {
        if (saidAtMs.size <= MOST_REMEMBERED && nowMs - atMs < options.repeatMs) break;
        saidAtMs.delete(old);
      }
      queue.push({ line, atMs: nowMs });
      if (queue.length > options.capacity) {
        queue.shift();
        overflowed += 1;
      }
      return true;
    },
    take: (nowMs) => {
      for (let next = queue[0]; next !== undefined; next = queue[0]) {
        if (nowMs - next.atMs > options.maxAgeMs) {
          queue.shift();
          stale += 1;
          continue;
        }
        const waitMs = bucket.take(nowMs);
        if (waitMs > 0) return { waitMs };
        queue.shift();
        return { line: next.line };
      }
      return undefined;
    },
    stats: () => ({ duplicates, overflowed, stale }),
  };
}

/** The letters and digits of a line: equal for two lines that say the same. */
function duplicateKey(line: string): string {
  return line
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
