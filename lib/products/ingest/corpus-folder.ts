import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SwarmError } from '../../core/errors.ts';
import { cleanText, compareText } from '../../core/text.ts';
import type { ChatFormat } from './formats/format.ts';
import { CHAT_FORMATS } from './formats/formats.ts';

/** The settings of a corpus, in the folder of its logs. */
export const SETTINGS_FILE = 'corpus.yaml';

/** A file whose name matches a format. */
export interface LogFile {
  readonly name: string;
  readonly path: string;
  readonly format: ChatFormat;
  readonly day: string | undefined;
  /** Changes with the file: size, change time, inode. */
  readonly stamp: string;
}

/** The logs of a folder by name, and how many other files there are. */
export interface FolderListing {
  readonly logs: readonly LogFile[];
  readonly others: number;
}

/**
 * Lists the logs of a folder. Hidden files, folders, pipes and the settings are left out.
 * @throws SwarmError `products/corpus-missing`, `products/corpus-empty`.
 */
export async function listLogs(dir: string): Promise<FolderListing> {
  const names = await readdir(dir).catch((error: unknown) => {
    throw missingCorpus(dir, error);
  });
  const logs: LogFile[] = [];
  let others = 0;
  for (const name of names.sort(compareText)) {
    if (name.startsWith('.') || name === SETTINGS_FILE) continue;
    const path = join(dir, name);
    const status = await stat(path, { bigint: true }).catch(() => undefined);
    if (status?.isFile() !== true) continue;
    const format = CHAT_FORMATS.find((candidate) => candidate.accepts(name) !== undefined);
    const accepted = format?.accepts(name);
    if (format === undefined || accepted === undefined) {
      others += 1;
      continue;
    }
    logs.push({ name, path, format, day: accepted.day, stamp: `${status.size}-${status.mtimeNs}-${status.ino}` });
  }
  if (logs.length === 0 && others === 0) throw emptyCorpus(dir);
  return { logs, others };
}

const FORMS = 'YYYY-MM-DD.raw.txt with [HH:MM] <nick> text, or .jsonl with timestamp, user and message';

function missingCorpus(dir: string, cause: unknown): SwarmError {
  return new SwarmError({
    code: 'products/corpus-missing',
    disposition: 'stop',
    message: `The folder of chat logs ${cleanText(dir, 300)} cannot be read`,
    next: 'Give the path of a folder that exists and may be read.',
    cause,
  });
}

/** The error for a folder without files. */
export function emptyCorpus(dir: string): SwarmError {
  return new SwarmError({
    code: 'products/corpus-empty',
    disposition: 'stop',
    message: `The folder of chat logs ${cleanText(dir, 300)} is empty`,
    next: `Put logs into it: ${FORMS}.`,
  });
}

/** The error for a folder whose files contain no chat. */
export function unusableCorpus(
  dir: string,
  files: number,
  problems: readonly { readonly file: string; readonly detail: string }[],
): SwarmError {
  const [first] = problems;
  const example = first === undefined ? 'none has the name of a log' : `${cleanText(first.file, 80)}: ${first.detail}`;
  return new SwarmError({
    code: 'products/corpus-unusable',
    disposition: 'stop',
    message: `None of the ${files} files in ${cleanText(dir, 300)} holds chat that can be read (${example})`,
    next: `Put logs into it: ${FORMS}.`,
  });
}
