import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatError } from '../../core/errors.ts';
import { writeDurably } from '../../files/durable.ts';
import { sampleDate, sampleDay } from './sample-day.ts';
import { sampleSettings } from './sample-settings.ts';

/** Where and how fast the sample grows. */
export interface SampleCorpusOptions {
  /** The folder of the logs; made if absent. Holds `corpus.yaml` and one `<day>.sample.jsonl` a day. */
  readonly dir: string;
  readonly seed: string;
  /** How many days are there at once. */
  readonly firstDays?: number;
  /** Seconds until the next day arrives. */
  readonly daySeconds?: number;
  /** Milliseconds since 1970; tells how long ago the newest day arrived. */
  readonly now?: () => number;
  /** Hears how many of the first days are there. */
  readonly onFirstDay?: (done: number, of: number) => void;
  /** Hears one line about each day that arrives or that could not be written. */
  readonly log?: (line: string) => void;
}

/** A growing corpus. */
export interface SampleCorpus {
  /** Makes each day take so many times as long, from the newest on; 1 is the normal pace. */
  readonly slowTo: (times: number) => void;
  /** Stops after the day being written, if one is. */
  readonly close: () => Promise<void>;
}

/**
 * Writes the first days of the sample, then a new day every `daySeconds` without end. Resolves when the first days are
 * there. After a restart it goes on behind the newest day; a day that exists is never written again, and each file
 * appears whole. A day that can't be written is tried again a `daySeconds` later.
 */
export async function startSampleCorpus(options: SampleCorpusOptions): Promise<SampleCorpus> {
  const { dir, seed, firstDays = 7, daySeconds = 60, now = Date.now, onFirstDay, log = () => {} } = options;
  await mkdir(dir, { recursive: true });
  await writeOnce(join(dir, 'corpus.yaml'), sampleSettings(daySeconds));
  for (let number = 0; number < firstDays; number++) {
    onFirstDay?.(number, firstDays);
    await writeDay(dir, seed, number);
  }

  let next = await nextNumber(dir, firstDays);
  const newest = await stat(join(dir, fileName(sampleDate(next - 1))));
  let times = 1;
  let newestMs = newest.mtimeMs;
  const waitMs = () => Math.max(0, newestMs + daySeconds * 1000 * times - now());
  let closed = false;
  let isWriting = false;
  let writing: Promise<void> = Promise.resolve();
  let timer = wake(waitMs());

  function wake(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      isWriting = true;
      writing = arrive().finally(() => {
        isWriting = false;
      });
    }, delayMs);
  }

  async function arrive(): Promise<void> {
    try {
      await writeDay(dir, seed, next);
      log(`sample day ${sampleDate(next)} arrived`);
      next++;
    } catch (error) {
      log(`sample day ${sampleDate(next)} could not be written: ${formatError(error)}`);
    }
    newestMs = now();
    if (!closed) timer = wake(waitMs());
  }

  return {
    slowTo: (wanted) => {
      times = wanted;
      if (closed || isWriting) return;
      clearTimeout(timer);
      timer = wake(waitMs());
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await writing;
    },
  };
}

function fileName(day: string): string {
  return `${day}.sample.jsonl`;
}

async function writeDay(dir: string, seed: string, number: number): Promise<void> {
  const path = join(dir, fileName(sampleDate(number)));
  if (await exists(path)) return;
  const { lines } = sampleDay(seed, number);
  await writeOnce(path, `${lines.join('\n')}\n`);
}

/** The number behind the newest day in the folder. */
async function nextNumber(dir: string, firstDays: number): Promise<number> {
  const present = new Set(await readdir(dir));
  let next = firstDays;
  while (present.has(fileName(sampleDate(next)))) next++;
  return next;
}

async function writeOnce(path: string, text: string): Promise<void> {
  if (!(await exists(path))) await writeDurably(path, text);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
