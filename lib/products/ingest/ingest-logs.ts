import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { SwarmError } from '../../core/errors.ts';
import { cleanText } from '../../core/text.ts';
import type { YieldToLoop } from '../yield-to-loop.ts';
import { type LogFile, SETTINGS_FILE } from './corpus-folder.ts';
import { type CorpusSettings, WELL_KNOWN_BOTS } from './corpus-settings.ts';
import { noCounts } from './counts.ts';
import { dayPath } from './day-files.ts';
import { openDaySpool } from './day-spool.ts';
import { edgesOf, hasGrown } from './file-edges.ts';
import type { LogSample } from './formats/format.ts';
import { CHAT_FORMATS, formatsOf } from './formats/formats.ts';
import { ingestFile } from './ingest-file.ts';
import type { IngestIndex, KnownFile } from './ingest-index.ts';
import { namesInEntry } from './listed-names.ts';
import { foldName } from './name-fold.ts';
import { createNickBook } from './nick-book.ts';
import { createOptOut, createOptOutList, type OptOut } from './opt-out.ts';
import { normalizeNick, type Pseudonyms } from './pseudonyms.ts';
import { type Log, readSample } from './read-log.ts';
import { type Survey, surveyLog } from './survey.ts';
import { openTimeZone } from './time-zone.ts';
import type { WordUse } from './word-use.ts';

/** The error of a file that is in no known form. */
export const UNRECOGNIZED = 'products/unrecognized-log';

/** The most identifiers and other names of people who opted out that are remembered. */
const MAX_REVEALED = 100_000;

/** Called with the progress of reading: all logs are surveyed first, then read. */
export type OnLog = (done: number, of: number, step: 'surveying' | 'reading') => void;

/** The logs to read and the results so far. `index` is updated. */
export interface IngestJob {
  readonly logs: readonly LogFile[];
  readonly index: IngestIndex;
  readonly daysDir: string;
  readonly settings: Pick<CorpusSettings, 'optOut' | 'bots' | 'format' | 'timeZone'>;
  readonly pseudonyms: Pseudonyms;
  readonly wordUse: WordUse;
  readonly yieldToLoop: YieldToLoop;
  readonly onLog?: OnLog | undefined;
  readonly log: (line: string) => void;
}

/** How many logs were read, and what had become of those before. */
export interface Ingested {
  readonly read: number;
  readonly new: number;
  /** Had more at the end than before. */
  readonly grown: number;
  /** Were other than before. */
  readonly corrected: number;
}

interface Pending {
  readonly file: LogFile;
  readonly log: Log;
  readonly edges: string;
  readonly survey: Survey;
}

/**
 * Ingests the logs that are new or have changed. All of them are surveyed first, so that everyone's nick is known before the first
 * message is read. When they tell more of people who opted out (an identifier, another name), all logs are read anew. An error of
 * one log is recorded as a problem and doesn't stop the others.
 */
export async function ingestLogs(job: IngestJob): Promise<Ingested> {
  const { index, pseudonyms, settings } = job;
  const list = createOptOutList(settings.optOut);
  const declared = nameSet(settings.bots);
  const bots = nameSet([...WELL_KNOWN_BOTS, ...settings.bots]);
  const pending = new Map<string, Pending>();
  const changes = { read: 0, new: 0, grown: 0, corrected: 0 };
  const survey = async (file: LogFile, number: number): Promise<void> => {
    changes.read += 1;
    job.onLog?.(number, job.logs.length, 'surveying');
    const known = index.files.get(file.name);
    const found = await surveyFile(job, file, known, (nick) => declared.has(foldName(nick)));
    if ('survey' in found) pending.set(file.name, found);
    else index.files.set(file.name, found);
  };
  for (const [number, file] of job.logs.entries()) {
    const known = index.files.get(file.name);
    if (known?.stamp === file.stamp && (await isComplete(known, job.daysDir))) continue;
    if (known === undefined) changes.new += 1;
    else if (known.stamp !== file.stamp) changes[(await hasGrown(file.path, known.edges)) ? 'grown' : 'corrected'] += 1;
    await survey(file, number);
  }
  const optOutOf = ({ survey: { renames, people } }: Pending): OptOut =>
    createOptOut(list, renames, people.all(), { digestOf: pseudonyms.digestOf, digests: index.revealed });
  for (let isAll = false; ; ) {
    const told = [...pending.values()].flatMap((one) => optOutOf(one).told).filter((fact) => !index.revealed.has(fact));
    if (told.length === 0) break;
    for (const fact of told) index.revealed.add(fact);
    if (index.revealed.size > MAX_REVEALED) throw tooManyNames();
    if (isAll) continue;
    isAll = true;
    // What was read before may hold more of the same people.
    for (const [number, file] of job.logs.entries()) {
      const isGood = index.files.get(file.name)?.problem === undefined;
      if (isGood && !pending.has(file.name)) await survey(file, number);
    }
  }
  const optOuts = new Map([...pending.values()].map((one) => [one, optOutOf(one)]));
  for (const [
    {
      survey: { nicks, people },
    },
    { isOptedOut },
  ] of optOuts) {
    for (const nick of nicks) {
      const pseudonym = pseudonyms.of(people.nameOf({ nick }));
      if (isOptedOut(nick)) index.roster.delete(pseudonym);
      else index.roster.add(pseudonym);
    }
  }
  let done = 0;
  for (const [one, optOut] of optOuts) {
    job.onLog?.(done, pending.size, 'reading');
    const isBot = (nick: string): boolean => bots.has(foldName(nick));
    index.files.set(one.file.name, await ingestOne(job, one, optOut, isBot));
    for (const position of optOut.matched) index.matched.add(entryDigest(settings.optOut[position] ?? '', pseudonyms));
    done += 1;
    if (done % 50 === 0) job.log(`read ${done} of ${pending.size} logs`);
  }
  return changes;
}

/** How an entry of the list of opt-outs is remembered. */
export function entryDigest(entry: string, { digestOf }: Pseudonyms): string {
  return digestOf(`entry\0${normalizeNick(entry)}`);
}

/** The people and words of a log, or why it isn't used. */
async function surveyFile(
  job: IngestJob,
  file: LogFile,
  known: KnownFile | undefined,
  isBot: (nick: string) => boolean,
): Promise<Pending | KnownFile> {
  try {
    const log = await recognize(file, job.settings.format);
    if (!('format' in log)) return failed(file, log.code, log.detail);
    const edges = await edgesOf(file.path);
    const survey = await surveyLog(log, { yieldToLoop: job.yieldToLoop, withWords: known === undefined, isBot });
    if (survey.refusal !== undefined) return failed(file, 'products/unclear-log', survey.refusal);
    // Without messages a log may still tell who is called what.
    if (survey.messages === 0 && survey.people.all().length === 0) {
      return failed(file, 'products/no-messages', `no line is a message as ${log.format.name} logs have them`);
    }
    if (known === undefined) job.wordUse.add(survey.words);
    return { file, log, edges, survey: { ...survey, words: new Set() } };
  } catch (error) {
    return failure(file, error);
  }
}

async function ingestOne(
  job: IngestJob,
  { file, log, edges, survey }: Pending,
  optOut: OptOut,
  isBot: (nick: string) => boolean,
): Promise<KnownFile> {
  const spool = await openDaySpool(job.daysDir, randomUUID());
  const { digestOf, keyId } = job.pseudonyms;
  const pseudonyms = { keyId, digestOf, of: (nick: string) => job.pseudonyms.of(survey.people.nameOf({ nick })) };
  try {
    const { counts, firstUnparsed } = await ingestFile({
      log,
      survey,
      book: createNickBook(survey, { ...job, pseudonyms }),
      optOut,
      zone: openTimeZone(job.settings.timeZone),
      isBot,
      spool,
      yieldToLoop: job.yieldToLoop,
    });
    const segments = await spool.finish();
    return {
      stamp: file.stamp,
      format: log.format.name,
      edges,
      segments: segments.map(({ day, digest, sizeBytes }) => ({ day, digest, sizeBytes })),
      counts,
      ...(firstUnparsed === undefined ? {} : { firstUnparsed }),
    };
  } catch (error) {
    return failure(file, error);
  } finally {
    await spool.discard();
  }
}

/** The format of a file, or why it has none. */
async function recognize(
  file: LogFile,
  only: string | undefined,
): Promise<Log | { readonly code: string; readonly detail: string }> {
  const sample = await readSample(file.path, file.place);
  if (sample === 'binary') return { code: 'products/binary-log', detail: 'it is binary, not text' };
  const [format, ...others] = formatsOf(sample, only);
  if (format === undefined) return whyNot(sample);
  if (others.length === 0) return { path: file.path, place: file.place, format };
  const names = [format, ...others].map(({ name }) => name).join(' or ');
  return {
    code: 'products/ambiguous-log',
    detail: `it may be in the form of ${names}: say in which with \`format\` in ${SETTINGS_FILE}`,
  };
}

/** Why a file is in no format, as well as can be told. */
function whyNot(sample: LogSample): { readonly code: string; readonly detail: string } {
  for (const { whyNot: reason } of CHAT_FORMATS) {
    const detail = reason?.(sample);
    if (detail !== undefined) return { code: 'products/missing-field', detail };
  }
  return { code: UNRECOGNIZED, detail: 'it is in no form that is read' };
}

function tooManyNames(): SwarmError {
  return new SwarmError({
    code: 'products/too-many-names',
    disposition: 'stop',
    message: `The people who opted out have more than ${MAX_REVEALED} other names in the logs`,
    next: 'Take logs away in which many people go by the name of somebody who opted out.',
  });
}

function nameSet(entries: readonly string[]): ReadonlySet<string> {
  return new Set(entries.flatMap((entry) => namesInEntry(entry) ?? [entry]).map(foldName));
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
  return { stamp: file.stamp, edges: '', segments: [], counts: noCounts(), problem: { code, detail } };
}
