import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { digestOf } from '../work/digest.ts';
import type { InputRef } from './definition.ts';
import { CHAT } from './definition.ts';
import { assembleDay, type DayPart } from './ingest/assemble-day.ts';
import { emptyCorpus, type LogFile, listFolder, straySettings, unusableCorpus } from './ingest/corpus-folder.ts';
import {
  type CorpusProblem,
  folderProblems,
  problemsOf,
  settingsProblem,
  unmatched,
} from './ingest/corpus-problems.ts';
import { type CorpusSettings, WELL_KNOWN_BOTS } from './ingest/corpus-settings.ts';
import { type IngestCounts, sumCounts } from './ingest/counts.ts';
import { dayPath, openDayFiles } from './ingest/day-files.ts';
import {
  INGEST_VERSION,
  type IngestIndex,
  noteDays,
  readIngestIndex,
  writeIngestIndex,
} from './ingest/ingest-index.ts';
import { entryDigest, ingestLogs, type OnLog, UNRECOGNIZED } from './ingest/ingest-logs.ts';
import { createPseudonyms, normalizeNick } from './ingest/pseudonyms.ts';
import { openSettingsSource } from './ingest/settings-source.ts';
import { readWordUse, type WordUse } from './ingest/word-use.ts';
import type { ProductSettings } from './settings.ts';
import { createYieldToLoop } from './yield-to-loop.ts';

/** The folders of the logs and of their pseudonymous days, and the key of the pseudonyms. */
export interface CorpusOptions {
  readonly dir: string;
  /** `corpus.yaml` in `dir` unless given. */
  readonly settingsFile?: string;
  /** The seller's own folder, which keeps the results of earlier scans. */
  readonly workDir: string;
  readonly pseudonymKey: Uint8Array;
  /** Returns seconds since 1970; distinguishes editions of a day. */
  readonly now: () => number;
  readonly log?: (line: string) => void;
}

/** A file below the folder and what was taken of it. */
export interface ScannedFile {
  readonly file: string;
  /** The name of its format; absent when it was not recognized. */
  readonly format?: string | undefined;
  /** Its days, oldest first, as in `2026-11-20`. */
  readonly days: readonly string[];
  readonly counts: IngestCounts;
  /** The number of the first line, or value of a JSON document, that wasn't understood, from 0. */
  readonly firstUnparsed?: number | undefined;
}

/** The result of a scan. */
export interface CorpusScan {
  /** The days, oldest first; each is a chat input of products. */
  readonly days: readonly InputRef[];
  readonly problems: readonly CorpusProblem[];
  readonly files: readonly ScannedFile[];
  readonly counts: IngestCounts & {
    readonly files: number;
    readonly days: number;
    readonly filesRead: number;
    /** Folders and files below the folder that aren't read, and files in no known form. */
    readonly notTaken: number;
    /** Entries of the list of opt-outs that nobody in the logs has for a name. */
    readonly optOutsUnmatched: number;
  };
  /** What had become of the logs since the scan before. */
  readonly changed: {
    readonly new: number;
    readonly grown: number;
    readonly corrected: number;
    readonly removed: number;
  };
}

/** The logs of their seller. */
export interface Corpus {
  /** The result of the last scan. */
  readonly settings: CorpusSettings;
  /** The settings for products, with people as pseudonyms. */
  readonly productSettings: (alreadyOffered: ReadonlySet<Hex>) => ProductSettings;
  /**
   * Ingests new and changed logs and settings; an unchanged file costs one `stat`. Scans run one after the other. Invalid
   * settings are reported as a problem and not applied.
   * @param onLog called with the number of logs read.
   * @throws SwarmError `products/corpus-missing`, `products/corpus-empty`, `products/corpus-unusable`.
   */
  readonly scan: (onLog?: OnLog) => Promise<CorpusScan>;
}

/**
 * Opens a folder of chat logs.
 * @throws SwarmError `products/corpus-missing`, `products/corpus-empty`, `products/bad-corpus-settings`,
 * `products/stray-corpus-settings`, `products/weak-key`.
 */
export async function openCorpus(options: CorpusOptions): Promise<Corpus> {
  const { dir, workDir, log = () => {} } = options;
  await listFolder(dir);
  const pseudonyms = createPseudonyms(options.pseudonymKey);
  const daysDir = join(workDir, 'days');
  await mkdir(daysDir, { recursive: true });
  const dayFiles = await openDayFiles(daysDir);
  const source = await openSettingsSource({ dir, file: options.settingsFile, workDir, log });
  const atStart = await listFolder(dir, { settingsPath: source.path });
  if (atStart.strays.length > 0) throw straySettings(atStart.strays, source.path);
  if (atStart.logs.length === 0) throw emptyCorpus(dir);
  let settings = source.initial;
  let ledger: Ledger | undefined;

  const scan = async (onLog?: OnLog): Promise<CorpusScan> => {
    const yieldToLoop = createYieldToLoop();
    const reading = await source.current();
    settings = reading.settings;
    const folder = await listFolder(dir, { settingsPath: source.path, dateOrder: settings.dateOrder });
    const { logs } = folder;
    if (logs.length === 0) throw emptyCorpus(dir);
    const ingestKey = ingestKeyOf(settings, pseudonyms.keyId);
    if (ledger?.ingestKey !== ingestKey) ledger = await openLedger(workDir, ingestKey);
    const { index, wordUse } = ledger;
    const ingested = await ingestLogs({ logs, index, daysDir, settings, pseudonyms, wordUse, yieldToLoop, onLog, log });
    const filesRead = ingested.read;
    const names = new Set(logs.map((file) => file.name));
    const gone = [...index.files.keys()].filter((name) => !names.has(name));
    for (const name of gone) index.files.delete(name);
    const changed = { new: ingested.new, grown: ingested.grown, corrected: ingested.corrected, removed: gone.length };
    if (filesRead > 0) await wordUse.save(workDir);
    const days: InputRef[] = [];
    for (const [day, parts] of partsByDay(logs, index, daysDir)) {
      const { digest, path } = await assembleDay(parts, daysDir, yieldToLoop);
      days.push({ product: CHAT, digest, path, label: day });
    }
    const hasNews = noteDays(
      index,
      days.map(({ label, digest }) => [label, digest]),
      options.now(),
    );
    if (hasNews || filesRead > 0 || gone.length > 0) await writeIngestIndex(workDir, ingestKey, index);
    await dayFiles.sweep(digestsIn(index, days), options.now());
    const isUnmatched = (entry: string): boolean => !index.matched.has(entryDigest(entry, pseudonyms));
    const optOutsUnmatched = settings.optOut.filter(isUnmatched).length;
    const problems = [
      ...(reading.problem === undefined ? [] : [settingsProblem(reading.problem)]),
      ...folderProblems(folder, source.path),
      ...problemsOf(logs, index),
      ...(optOutsUnmatched === 0 ? [] : [unmatched(optOutsUnmatched, settings.optOut.length)]),
    ];
    const counts = sumCounts([...index.files.values()].map((file) => file.counts));
    if (filesRead > 0 || gone.length > 0) log(changesLine(changed, days.length));
    // When all speakers have opted out there is nothing to sell, which is not an error.
    if (days.length === 0 && counts.optedOut === 0) throw unusableCorpus(dir, logs.length, problemsOf(logs, index));
    const unrecognized = logs.filter(({ name }) => index.files.get(name)?.problem?.code === UNRECOGNIZED).length;
    const notTaken = folder.notTaken.reduce((sum, { count }) => sum + count, unrecognized);
    return {
      days,
      problems,
      files: filesIn(logs, index),
      counts: {
        ...counts,
        files: logs.length - unrecognized,
        days: days.length,
        filesRead,
        notTaken,
        optOutsUnmatched,
      },
      changed,
    };
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    get settings() {
      return settings;
    },
    productSettings: (alreadyOffered) => ({
      title: settings.title,
      attribution: settings.attribution,
      minMessages: settings.minMessages,
      maxProfiles: settings.maxProfiles,
      windowDays: settings.windowDays ?? 0,
      languages: [...new Set(settings.languages)].sort(),
      bots: [...new Set([...WELL_KNOWN_BOTS, ...settings.bots].map(pseudonyms.of))].sort(),
      edition: ledger?.index.edition ?? 0,
      alreadyOffered,
    }),
    scan: (onLog) => {
      const next = last.then(
        () => scan(onLog),
        () => scan(onLog),
      );
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** What was ingested with one list of opt-outs, one key and one version. */
interface Ledger {
  readonly ingestKey: string;
  readonly index: IngestIndex;
  readonly wordUse: WordUse;
}

async function openLedger(workDir: string, ingestKey: string): Promise<Ledger> {
  const index = await readIngestIndex(workDir, ingestKey);
  return { ingestKey, index, wordUse: await readWordUse(workDir, index.files.size === 0) };
}

/** A digest of all settings that change what is made of the logs. */
function ingestKeyOf({ optOut, bots, format, timeZone, dateOrder }: CorpusSettings, keyId: string): string {
  const sorted = (names: readonly string[]): readonly string[] => [...new Set(names.map(normalizeNick))].sort();
  return digestOf({
    version: INGEST_VERSION,
    keyId,
    optOut: sorted(optOut),
    bots: sorted(bots),
    format: format ?? '',
    timeZone,
    dateOrder: dateOrder ?? '',
  });
}

function partsByDay(logs: readonly LogFile[], index: IngestIndex, daysDir: string): [string, DayPart[]][] {
  const byDay = new Map<string, DayPart[]>();
  for (const { name } of logs) {
    const file = index.files.get(name);
    for (const { day, digest, sizeBytes } of file?.segments ?? []) {
      const segment = { digest, sizeBytes, path: dayPath(daysDir, digest) };
      const parts = byDay.get(day) ?? [];
      parts.push({ segment, lines: file?.counts.lines ?? 0 });
      byDay.set(day, parts);
    }
  }
  return [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The days, and the parts of them that are needed when another part changes. */
function digestsIn(index: IngestIndex, days: readonly InputRef[]): ReadonlySet<Hex> {
  const parts = [...index.files.values()].flatMap(({ segments }) => segments.map(({ digest }) => digest));
  return new Set([...parts, ...days.map(({ digest }) => digest)]);
}

function filesIn(logs: readonly LogFile[], index: IngestIndex): ScannedFile[] {
  return logs.flatMap(({ name }) => {
    const known = index.files.get(name);
    if (known === undefined) return [];
    const { format, segments, counts, firstUnparsed } = known;
    return [{ file: name, format, days: segments.map(({ day }) => day), counts, firstUnparsed }];
  });
}

function changesLine({ new: added, grown, corrected, removed }: CorpusScan['changed'], days: number): string {
  return `chat logs: ${added} new, ${grown} grown, ${corrected} corrected, ${removed} removed; ${days} days of chat now`;
}
