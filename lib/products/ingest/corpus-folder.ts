import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SwarmError } from '../../core/errors.ts';
import { cleanText, compareText } from '../../core/text.ts';
import { listMembers } from './archive-members.ts';
import { type DateOrder, dayInPath, type LogPlace } from './formats/format.ts';
import { formsThatAreRead } from './formats/formats.ts';
import type { LogSource } from './log-bytes.ts';

/** The settings of a corpus, in the folder of its logs. */
export const SETTINGS_FILE = 'corpus.yaml';

/** How deep folders are read. */
const MAX_DEPTH = 8;
/** The most files of a corpus, and so of notes about them: 270 years of one channel. */
const MAX_FILES = 100_000;

/** A file below the folder of the logs. */
export interface LogFile {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly path: LogSource;
  readonly place: LogPlace;
  /** Changes with the file: size, change time, inode. */
  readonly stamp: string;
}

/** Why something in the folder isn't read. */
export type NotTakenKind = 'too-deep' | 'link' | 'unreadable' | 'special';

/** What isn't read for one reason: how many, and the first by name. */
export interface NotTaken {
  readonly kind: NotTakenKind;
  readonly count: number;
  readonly example: string;
}

/** What the folder of the logs holds. */
export interface CorpusFolder {
  readonly logs: readonly LogFile[];
  readonly notTaken: readonly NotTaken[];
  /** Files that look like settings or a list of opt-outs and are not the one that is read. */
  readonly strays: readonly string[];
}

/**
 * Lists the files of a folder, its subfolders and zip archives by name, without hidden ones, the settings and what looks like them.
 * @param settingsPath the settings that are read, if there are any.
 * @throws SwarmError `products/corpus-missing`, `products/too-many-logs`.
 */
export async function listFolder(
  dir: string,
  options: { readonly settingsPath?: string | undefined; readonly dateOrder?: DateOrder | undefined } = {},
): Promise<CorpusFolder> {
  const settings = options.settingsPath === undefined ? undefined : await realOf(options.settingsPath);
  const logs: LogFile[] = [];
  const left: { readonly kind: NotTakenKind; readonly name: string }[] = [];
  const settingsLike: string[] = [];
  const backups: string[] = [];
  const list = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const path = join(dir, name);
      const isSettings = looksLikeSettings(entry.name);
      if (isSettings && settings !== undefined && (await realOf(path)) === settings) continue;
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) {
        if (depth >= MAX_DEPTH) left.push({ kind: 'too-deep', name });
        else await list(name, depth + 1).catch((error: unknown) => leave(error, 'unreadable', name));
        continue;
      }
      if (isSettings) {
        (isBackup(entry.name) ? backups : settingsLike).push(name);
        continue;
      }
      const status = await stat(path, { bigint: true }).catch(() => undefined);
      if (status?.isFile() !== true) {
        left.push({ kind: entry.isSymbolicLink() ? 'link' : status === undefined ? 'unreadable' : 'special', name });
        continue;
      }
      if (logs.length >= MAX_FILES) throw tooManyLogs(dir);
      const stamp = `${status.size}-${status.mtimeNs}-${status.ino}`;
      logs.push(...(await filesAt(name, path, stamp, options.dateOrder)));
    }
  };
  const leave = (error: unknown, kind: NotTakenKind, name: string): void => {
    if (error instanceof SwarmError) throw error;
    left.push({ kind, name });
  };
  await list('', 1).catch((error: unknown) => {
    throw error instanceof SwarmError ? error : missingCorpus(dir, error);
  });
  // A copy that an editor keeps beside the settings says nothing; alone it may be all there is.
  const strays = [...settingsLike, ...(settings === undefined ? backups : [])].sort(compareText);
  return { logs: logs.sort((a, b) => compareText(a.name, b.name)), notTaken: summed(left), strays };
}

/** Names of settings and of lists of opt-outs: `corpus.yml`, `Corpus.YAML`, `corpus (1).yaml.txt`, `opt-out.txt`. */
function looksLikeSettings(name: string): boolean {
  return (
    /^corpus.*\.ya?ml/i.test(name) || /^(?:the)?[-_ ]?opt(?:ed)?[-_ ]?outs?(?:[-_ ]?list)?(?:[ (.~].*)?$/i.test(name)
  );
}

function isBackup(name: string): boolean {
  return /(?:~|\.(?:bak|old|orig|save|tmp|swp))$/i.test(name);
}

function realOf(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

function summed(left: readonly { readonly kind: NotTakenKind; readonly name: string }[]): NotTaken[] {
  const byKind = new Map<NotTakenKind, string[]>();
  for (const { kind, name } of left) byKind.set(kind, [...(byKind.get(kind) ?? []), name]);
  return [...byKind].map(([kind, names]) => ({ kind, count: names.length, example: names.sort(compareText)[0] ?? '' }));
}

/** The files that stand for one in the folder: those of a zip archive, or itself; an archive that can't be read fails when it is. */
async function filesAt(
  name: string,
  path: string,
  stamp: string,
  dateOrder: DateOrder | undefined,
): Promise<readonly LogFile[]> {
  const itself: LogFile = { name, path, stamp, place: placeOf(name, dateOrder) };
  if (!name.toLowerCase().endsWith('.zip')) return [itself];
  const members = await listMembers(path).catch(() => undefined);
  if (members === undefined || members.length === 0) return [itself];
  return members.map((member) => {
    const inside = `${name}/${member.entry.fileName}`;
    return { name: inside, path: member, stamp, place: placeOf(inside, dateOrder) };
  });
}

function placeOf(name: string, dateOrder: DateOrder | undefined): LogPlace {
  const path = name.replace(/\.gz$/i, '');
  return { path, day: dayInPath(path), dateOrder };
}

function missingCorpus(dir: string, cause: unknown): SwarmError {
  return new SwarmError({
    code: 'products/corpus-missing',
    disposition: 'stop',
    message: `The folder of chat logs ${cleanText(dir, 300)} cannot be read`,
    next: 'Give the path of a folder that exists and may be read.',
    cause,
  });
}

function tooManyLogs(dir: string): SwarmError {
  return new SwarmError({
    code: 'products/too-many-logs',
    disposition: 'stop',
    message: `The folder of chat logs ${cleanText(dir, 300)} has more than ${MAX_FILES} files`,
    next: 'Join logs into fewer files, or give a folder with fewer of them.',
  });
}

/** The error for a folder without files. */
export function emptyCorpus(dir: string): SwarmError {
  return new SwarmError({
    code: 'products/corpus-empty',
    disposition: 'stop',
    message: `The folder of chat logs ${cleanText(dir, 300)} is empty`,
    next: `Put logs into it: ${formsThatAreRead()}.`,
  });
}

/** The error for settings beside those that are read: whoever wrote them counts on them. `read` names those that are read. */
export function straySettings(strays: readonly string[], read: string): SwarmError {
  return new SwarmError({
    code: 'products/stray-corpus-settings',
    disposition: 'stop',
    message: strayDetail(strays, read),
    next: `Move what it says into ${read}, and the file away.`,
  });
}

/** Which file isn't read, and which is. */
export function strayDetail(strays: readonly string[], read: string): string {
  const [first = ''] = strays;
  const more = strays.length > 1 ? ` (and ${strays.length - 1} more)` : '';
  return `${cleanText(first, 120)}${more} looks like settings and is not read: ${cleanText(read, 200)} is`;
}

/** The error for a folder whose files contain no chat. */
export function unusableCorpus(
  dir: string,
  files: number,
  problems: readonly { readonly file: string; readonly detail: string }[],
): SwarmError {
  const [first] = problems;
  const example = first === undefined ? 'they are empty' : `${cleanText(first.file, 80)}: ${first.detail}`;
  return new SwarmError({
    code: 'products/corpus-unusable',
    disposition: 'stop',
    message: `None of the ${files} files in ${cleanText(dir, 300)} holds chat that can be read (${example})`,
    next: `Put logs into it: ${formsThatAreRead()}.`,
  });
}
