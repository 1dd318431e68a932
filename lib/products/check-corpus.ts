import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CorpusScan, openCorpus } from './corpus.ts';
import { parseGoods, readLines } from './goods/read-goods.ts';
import type { OnLog } from './ingest/ingest-logs.ts';
import { MAX_MESSAGE_LINE_BYTES, type Message, message } from './ingest/message.ts';

/** What would be sold of a folder of chat logs. */
export interface CorpusCheck {
  readonly scan: CorpusScan;
  /** How many people the settings list as opted out. */
  readonly optOuts: number;
  /** Of times that have none. */
  readonly timeZone: string;
  /** A few messages as they would be sold, from days spread over all. */
  readonly sample: readonly Message[];
  /** What was logged meanwhile. */
  readonly remarks: readonly string[];
}

/** What to check. */
export interface CheckOptions {
  readonly dir: string;
  readonly settingsFile?: string | undefined;
  /** How many messages to show. */
  readonly sampleSize: number;
  readonly onLog?: OnLog;
  readonly signal: AbortSignal;
}

/**
 * Reads chat logs as their seller would, in a temporary folder and with pseudonyms of their own, and keeps nothing.
 * @throws what `openCorpus` and `scan` throw for logs and settings that can't be used, and the reason of `signal`.
 */
export async function checkCorpus(options: CheckOptions): Promise<CorpusCheck> {
  const workDir = await mkdtemp(join(tmpdir(), 'karmakadabra-check-'));
  const remarks: string[] = [];
  try {
    const corpus = await openCorpus({
      dir: options.dir,
      ...(options.settingsFile === undefined ? {} : { settingsFile: options.settingsFile }),
      workDir,
      pseudonymKey: randomBytes(32),
      now: () => 0,
      log: (line) => remarks.push(line),
    });
    const scan = await corpus.scan((done, of, step) => {
      options.signal.throwIfAborted();
      options.onLog?.(done, of, step);
    });
    return {
      scan,
      optOuts: corpus.settings.optOut.length,
      timeZone: corpus.settings.timeZone,
      sample: await sampleOf(scan, options.sampleSize),
      remarks,
    };
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** One message of each of some days, the longest of the first few, because short ones show little. */
async function sampleOf({ days }: CorpusScan, size: number): Promise<Message[]> {
  const sample: Message[] = [];
  const count = Math.min(size, days.length);
  for (let index = 0; index < count; index += 1) {
    const day = days[Math.floor((index * days.length) / count)];
    if (day === undefined) continue;
    for await (const lines of readLines(day, MAX_MESSAGE_LINE_BYTES)) {
      const messages = lines.map((line) => parseGoods(day.path, line, message));
      const [longest] = messages.slice(0, FIRST_MESSAGES).sort((a, b) => b.text.length - a.text.length);
      if (longest !== undefined) sample.push(longest);
      break;
    }
  }
  return sample;
}

const FIRST_MESSAGES = 20;
