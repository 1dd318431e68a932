import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { digestOf } from '../work/digest.ts';
import type { InputRef } from './definition.ts';
import { CHAT } from './definition.ts';
import { assembleDay, type DayPart } from './ingest/assemble-day.ts';
import { type LogFile, listLogs, SETTINGS_FILE, unusableCorpus } from './ingest/corpus-folder.ts';
import { type CorpusSettings, WELL_KNOWN_BOTS } from './ingest/corpus-settings.ts';
import { type IngestCounts, sumCounts } from './ingest/counts.ts';
import { dayPath, openDayFiles } from './ingest/day-files.ts';
import { formsThatAreRead } from './ingest/formats/formats.ts';
import {
  INGEST_VERSION,
  type IngestIndex,
  noteDays,
  readIngestIndex,
  writeIngestIndex,
} from './ingest/ingest-index.ts';
import { ingestLogs, type OnLog, UNRECOGNIZED } from './ingest/ingest-logs.ts';
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

/** A file that couldn't be used, and why. Its name is not sanitized: clean it before showing it. */
export interface CorpusProblem {
  readonly file: string;
  readonly code: string;
  readonly detail: string;
}

/** A file below the folder and what was taken of it. */
export interface ScannedFile {
  readonly file: string;
  /** The name of its format; absent when it was not recognized. */
  readonly format?: string | undefined;
  /** Its days, oldest first, as in `2026-11-20`. */
  readonly days: readonly string[];
  readonly counts: IngestCounts;
}

/** The result of a scan. */
export interface CorpusScan {
  /** The days, oldest first; each is a chat input of products. */
  readonly days: readonly InputRef[];
  readonly problems: readonly CorpusProblem[];
  readonly files: readonly ScannedFile[];
  readonly counts: IngestCounts & { readonly files: number; readonly days: number; readonly filesRead: number };
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
 * @throws SwarmError `products/corpus-missing`, `products/corpus-empty`, `products/bad-corpus-settings`, `products/weak-key`.
 */
export async function openCorpus(options: CorpusOptions): Promise<Corpus> {
  const { dir, workDir, log = () => {} } = options;
  await listLogs(dir);
  const pseudonyms = createPseudonyms(options.pseudonymKey);
  const daysDir = join(workDir, 'days');
  await mkdir(daysDir, { recursive: true });
  const dayFiles = await openDayFiles(daysDir);
  const source = await openSettingsSource({ dir, file: options.settingsFile, workDir, log });
  let settings = source.initial;
  let ledger: Ledger | undefined;

  const scan = async (onLog?: OnLog): Promise<CorpusScan> => {
    const yieldToLoop = createYieldToLoop();
    const logs = await listLogs(dir);
    const reading = await source.current();
    settings = reading.settings;
    const ingestKey = ingestKeyOf(settings, pseudonyms.keyId);
    if (ledger?.ingestKey !== ingestKey) ledger = await openLedger(workDir, ingestKey);
    const { index, wordUse } = ledger;
    const { optOut } = settings;
    const filesRead = await ingestLogs({ logs, index, daysDir, optOut, pseudonyms, wordUse, yieldToLoop, onLog, log });
    const names = new Set(logs.map((file) => file.name));
    const gone = [...index.files.keys()].filter((name) => !names.has(name));
    for (const name of gone) index.files.delete(name);
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
    const problems = problemsOf(logs, index);
    const counts = sumCounts([...index.files.values()].map((file) => file.counts));
    // When all speakers have opted out there is nothing to sell, which is not an error.
    if (days.length === 0 && counts.optedOut === 0) throw unusableCorpus(dir, logs.length, problems);
    return {
      days,
      problems: reading.problem === undefined ? problems : [settingsProblem(reading.problem), ...problems],
      files: filesIn(logs, index),
      counts: { ...counts, files: logs.length, days: days.length, filesRead },
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

function ingestKeyOf(settings: CorpusSettings, keyId: string): string {
  const optOut = [...new Set(settings.optOut.map(normalizeNick))].sort();
  return digestOf({ version: INGEST_VERSION, keyId, optOut });
}

function settingsProblem(detail: string): CorpusProblem {
  return { file: SETTINGS_FILE, code: 'products/bad-corpus-settings', detail };
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
    const { format, segments, counts } = known;
    return [{ file: name, format, days: segments.map(({ day }) => day), counts }];
  });
}

/** What files couldn't be used; those in no known form are one problem, with the first of them as an example. */
function problemsOf(logs: readonly LogFile[], index: IngestIndex): CorpusProblem[] {
  const all = logs.flatMap(({ name }) => {
    const problem = index.files.get(name)?.problem;
    return problem === undefined ? [] : [{ file: name, ...problem }];
  });
  const [example, ...more] = all.filter(({ code }) => code === UNRECOGNIZED);
  const others = all.filter(({ code }) => code !== UNRECOGNIZED);
  if (example === undefined) return others;
  const count = more.length === 0 ? 'this file is' : `this and ${more.length} more files are`;
  return [...others, { ...example, detail: `${count} in none of the forms that are read: ${formsThatAreRead()}` }];
}
