import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import type { InputRef } from './definition.ts';
import { CHAT } from './definition.ts';
import { digestOf } from './goods/digest.ts';
import { assembleDay, type DayPart } from './ingest/assemble-day.ts';
import { emptyCorpus, type LogFile, listLogs, settingsBeside, unusableCorpus } from './ingest/corpus-folder.ts';
import { type CorpusSettings, loadCorpusSettings, WELL_KNOWN_BOTS } from './ingest/corpus-settings.ts';
import { type IngestCounts, sumCounts } from './ingest/counts.ts';
import { INGEST_VERSION, type IngestIndex, readIngestIndex, writeIngestIndex } from './ingest/ingest-index.ts';
import { ingestLogs } from './ingest/ingest-logs.ts';
import { createPseudonyms, normalizeNick } from './ingest/pseudonyms.ts';
import { readWordUse, type WordUse } from './ingest/word-use.ts';
import { createPace } from './pace.ts';
import type { ProductSettings } from './settings.ts';

/** Where the logs are, where their pseudonymous days go, and the key to the pseudonyms. */
export interface CorpusOptions {
  readonly dir: string;
  /** `corpus.yaml` in `dir` unless given. */
  readonly settingsFile?: string;
  /** The seller's own folder; what is in it makes the next scan cheap. */
  readonly workDir: string;
  readonly pseudonymKey: Uint8Array;
  readonly log?: (line: string) => void;
}

/** A file that gave nothing, and why. The name is the keeper's own; clean it before it is shown. */
export interface CorpusProblem {
  readonly file: string;
  readonly code: string;
  readonly detail: string;
}

/** What a scan found. */
export interface CorpusScan {
  /** The days, oldest first; each is a chat input of products. */
  readonly days: readonly InputRef[];
  readonly problems: readonly CorpusProblem[];
  readonly counts: IngestCounts & { readonly files: number; readonly days: number; readonly filesRead: number };
}

/** The logs of the one who sells them. */
export interface Corpus {
  readonly settings: CorpusSettings;
  /** The settings as products take them: people as pseudonyms. */
  readonly productSettings: (alreadyOffered: ReadonlySet<Hex>) => ProductSettings;
  /**
   * Looks for new and changed logs and ingests them; what is known costs a `stat`. Scans run one after the other.
   * @throws SwarmError `products/corpus-missing`, `products/corpus-empty`, `products/corpus-unusable`.
   */
  readonly scan: () => Promise<CorpusScan>;
}

/**
 * Opens a folder of chat logs.
 * @throws SwarmError `products/corpus-missing`, `products/corpus-empty`, `products/bad-corpus-settings`, `products/weak-key`.
 */
export async function openCorpus(options: CorpusOptions): Promise<Corpus> {
  const { dir, workDir, log = () => {} } = options;
  await listLogs(dir);
  const settings = await loadCorpusSettings(options.settingsFile ?? (await settingsBeside(dir)));
  const pseudonyms = createPseudonyms(options.pseudonymKey);
  const daysDir = join(workDir, 'days');
  await mkdir(daysDir, { recursive: true });
  await clearUnfinished(daysDir);
  const optOut = [...new Set(settings.optOut.map(normalizeNick))].sort();
  const ingestKey = digestOf({ version: INGEST_VERSION, keyId: pseudonyms.keyId, optOut });
  const bots = [...new Set([...WELL_KNOWN_BOTS, ...settings.bots].map(pseudonyms.of))].sort();
  let index: IngestIndex | undefined;
  let wordUse: WordUse | undefined;

  const scan = async (): Promise<CorpusScan> => {
    const pace = createPace();
    const { logs, others } = await listLogs(dir);
    index ??= await readIngestIndex(workDir, ingestKey);
    wordUse ??= await readWordUse(workDir, index.files.size === 0);
    const filesRead = await ingestLogs({
      logs,
      index,
      daysDir,
      optOut: settings.optOut,
      pseudonyms,
      wordUse,
      pace,
      log,
    });
    const names = new Set(logs.map((file) => file.name));
    const gone = [...index.files.keys()].filter((name) => !names.has(name));
    for (const name of gone) index.files.delete(name);
    if (filesRead > 0) await wordUse.save(workDir);
    if (filesRead > 0 || gone.length > 0) await writeIngestIndex(workDir, ingestKey, index);
    const days: InputRef[] = [];
    for (const [day, parts] of partsByDay(logs, index, daysDir)) {
      const { digest, path } = await assembleDay(parts, daysDir, pace);
      days.push({ product: CHAT, digest, path, label: day });
    }
    const problems = problemsOf(logs, index);
    if (logs.length === 0 && others === 0) throw emptyCorpus(dir);
    if (days.length === 0) throw unusableCorpus(dir, logs.length + others, problems);
    const counts = sumCounts([...index.files.values()].map((file) => file.counts));
    return { days, problems, counts: { ...counts, files: logs.length, days: days.length, filesRead } };
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    settings,
    productSettings: (alreadyOffered) => ({
      title: settings.title,
      attribution: settings.attribution,
      minMessages: settings.minMessages,
      maxProfiles: settings.maxProfiles,
      windowDays: settings.windowDays ?? 0,
      languages: [...new Set(settings.languages)].sort(),
      bots,
      alreadyOffered,
    }),
    scan: () => {
      const next = last.then(scan, scan);
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** Removes what a kill in the middle of a scan left behind. */
async function clearUnfinished(daysDir: string): Promise<void> {
  for (const name of await readdir(daysDir)) {
    if (name.startsWith('.spool-') || name.startsWith('.making-')) await rm(join(daysDir, name), { force: true });
  }
}

function partsByDay(logs: readonly LogFile[], index: IngestIndex, daysDir: string): [string, DayPart[]][] {
  const byDay = new Map<string, DayPart[]>();
  for (const { name } of logs) {
    const file = index.files.get(name);
    for (const { day, digest, sizeBytes } of file?.segments ?? []) {
      const segment = { digest, sizeBytes, path: join(daysDir, `${digest.slice(2)}.jsonl`) };
      const parts = byDay.get(day) ?? [];
      parts.push({ segment, lines: file?.counts.lines ?? 0 });
      byDay.set(day, parts);
    }
  }
  return [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
}

function problemsOf(logs: readonly LogFile[], index: IngestIndex): CorpusProblem[] {
  return logs.flatMap(({ name }) => {
    const problem = index.files.get(name)?.problem;
    return problem === undefined ? [] : [{ file: name, ...problem }];
  });
}
