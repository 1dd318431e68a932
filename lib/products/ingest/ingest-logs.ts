import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { SwarmError } from '../../core/errors.ts';
import { cleanText } from '../../core/text.ts';
import type { YieldToLoop } from '../yield-to-loop.ts';
import type { LogFile } from './corpus-folder.ts';
import { noCounts } from './counts.ts';
import { dayPath } from './day-files.ts';
import { openDaySpool } from './day-spool.ts';
import { formatsOf } from './formats/formats.ts';
import { ingestFile } from './ingest-file.ts';
import type { IngestIndex, KnownFile } from './ingest-index.ts';
import { createNickBook } from './nick-book.ts';
import { createOptOut } from './opt-out.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { type Log, readSample } from './read-log.ts';
import { type Survey, surveyLog } from './survey.ts';
import type { WordUse } from './word-use.ts';

/** The error of a file that is in no known form. */
export const UNRECOGNIZED = 'products/unrecognized-log';

/** Called with the progress of reading: all logs are surveyed first, then read. */
export type OnLog = (done: number, of: number, step: 'surveying' | 'reading') => void;

/** The logs to read and the results so far. `index` is updated. */
export interface IngestJob {
  readonly logs: readonly LogFile[];
  readonly index: IngestIndex;
  readonly daysDir: string;
  readonly optOut: readonly string[];
  readonly pseudonyms: Pseudonyms;
  readonly wordUse: WordUse;
  readonly yieldToLoop: YieldToLoop;
  readonly onLog?: OnLog | undefined;
  readonly log: (line: string) => void;
}

/**
 * Ingests the logs that are new or have changed and returns how many. All of them are surveyed first, so that everyone's
 * nick is known before the first message is read. An error of one log is recorded as a problem and doesn't stop the others.
 */
export async function ingestLogs(job: IngestJob): Promise<number> {
  const { index, pseudonyms, yieldToLoop } = job;
  const pending: { readonly file: LogFile; readonly log: Log; readonly survey: Survey }[] = [];
  let read = 0;
  for (const [number, file] of job.logs.entries()) {
    const known = index.files.get(file.name);
    if (known?.stamp === file.stamp && (await isComplete(known, job.daysDir))) continue;
    read += 1;
    job.onLog?.(number, job.logs.length, 'surveying');
    try {
      const log = await recognize(file);
      if (!('format' in log)) {
        index.files.set(file.name, failed(file, log.code, log.detail));
        continue;
      }
      const survey = await surveyLog(log, { yieldToLoop, withWords: known === undefined });
      if (survey.refusal !== undefined) {
        index.files.set(file.name, failed(file, 'products/unclear-log', survey.refusal));
      } else if (survey.messages === 0) {
        index.files.set(
          file.name,
          failed(file, 'products/no-messages', `no line is a message as ${log.format.name} logs have them`),
        );
      } else {
        if (known === undefined) job.wordUse.add(survey.words);
        pending.push({ file, log, survey: { ...survey, words: new Set() } });
        for (const nick of survey.nicks) index.roster.add(pseudonyms.of(nick));
      }
    } catch (error) {
      index.files.set(file.name, failure(file, error));
    }
  }
  for (const [number, { file, log, survey }] of pending.entries()) {
    job.onLog?.(number, pending.length, 'reading');
    index.files.set(file.name, await ingestOne(job, file, log, survey));
    if ((number + 1) % 50 === 0) job.log(`read ${number + 1} of ${pending.length} logs`);
  }
  return read;
}

async function ingestOne(job: IngestJob, file: LogFile, log: Log, survey: Survey): Promise<KnownFile> {
  const spool = await openDaySpool(job.daysDir, randomUUID());
  try {
    const counts = await ingestFile({
      log,
      survey,
      book: createNickBook(survey, job),
      optOut: createOptOut(job.optOut, survey.renames),
      spool,
      yieldToLoop: job.yieldToLoop,
    });
    const segments = await spool.finish();
    return {
      stamp: file.stamp,
      format: log.format.name,
      segments: segments.map(({ day, digest, sizeBytes }) => ({ day, digest, sizeBytes })),
      counts,
    };
  } catch (error) {
    return failure(file, error);
  } finally {
    await spool.discard();
  }
}

/** The format of a file, or why it has none. */
async function recognize(file: LogFile): Promise<Log | { readonly code: string; readonly detail: string }> {
  const sample = await readSample(file.path, file.place);
  if (sample === 'binary') return { code: 'products/binary-log', detail: 'it is binary, not text' };
  const [format, ...others] = formatsOf(sample);
  if (format === undefined) return { code: UNRECOGNIZED, detail: 'it is in no form that is read' };
  if (others.length === 0) return { path: file.path, place: file.place, format };
  const names = [format, ...others].map(({ name }) => name).join(' or ');
  return { code: 'products/ambiguous-log', detail: `it may be in the form of ${names}` };
}

async function isComplete(known: KnownFile, daysDir: string): Promise<boolean> {
  for (const { digest } of known.segments) {
    const isThere = await access(dayPath(daysDir, digest)).then(
      () => true,
      () => false,
    );
    if (!isThere) return false;
  }
  return true;
}

/**
 * The record of a log that failed. Only messages of {@link SwarmError} are repeated: others may quote the log or opted-out
 * people. After an error of the file system the log is read again at the next scan.
 */
function failure(file: LogFile, error: unknown): KnownFile {
  if (error instanceof SwarmError) return failed(file, error.code, cleanText(error.message, 200));
  const why = error instanceof Error && 'code' in error ? error.code : 'by an error of this program';
  return { ...failed(file, 'products/unreadable-log', `it could not be read (${String(why)})`), stamp: '' };
}

function failed(file: LogFile, code: string, detail: string): KnownFile {
  return { stamp: file.stamp, segments: [], counts: noCounts(), problem: { code, detail } };
}
