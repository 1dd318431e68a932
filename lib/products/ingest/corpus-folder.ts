import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SwarmError } from '../../core/errors.ts';
import { cleanText, compareText } from '../../core/text.ts';
import { listMembers } from './archive-members.ts';
import { dayInPath, type LogPlace } from './formats/format.ts';
import { formsThatAreRead } from './formats/formats.ts';
import type { LogSource } from './log-bytes.ts';

/** The settings of a corpus, in the folder of its logs. */
export const SETTINGS_FILE = 'corpus.yaml';

/** How deep folders are read. */
const MAX_DEPTH = 8;

/** A file below the folder of the logs. */
export interface LogFile {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly path: LogSource;
  readonly place: LogPlace;
  /** Changes with the file: size, change time, inode. */
  readonly stamp: string;
}

/**
 * Lists the files of a folder, its subfolders and zip archives by name. Hidden files and folders, links to folders, pipes and the
 * settings are left out.
 * @throws SwarmError `products/corpus-missing`, `products/corpus-empty`.
 */
export async function listLogs(dir: string): Promise<readonly LogFile[]> {
  const found: LogFile[] = [];
  const list = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || name === SETTINGS_FILE) continue;
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) await list(name, depth + 1);
        continue;
      }
      const path = join(dir, name);
      const status = await stat(path, { bigint: true }).catch(() => undefined);
      if (status?.isFile() !== true) continue;
      const stamp = `${status.size}-${status.mtimeNs}-${status.ino}`;
      found.push(...(await filesAt(name, path, stamp)));
    }
  };
  await list('', 1).catch((error: unknown) => {
    throw missingCorpus(dir, error);
  });
  if (found.length === 0) throw emptyCorpus(dir);
  return found.sort((a, b) => compareText(a.name, b.name));
}

/** The files that stand for one in the folder: those of a zip archive, or itself; an archive that can't be read fails when it is. */
async function filesAt(name: string, path: string, stamp: string): Promise<readonly LogFile[]> {
  const itself: LogFile = { name, path, stamp, place: placeOf(name) };
  if (!name.toLowerCase().endsWith('.zip')) return [itself];
  const members = await listMembers(path).catch(() => undefined);
  if (members === undefined || members.length === 0) return [itself];
  return members.map((member) => {
    const inside = `${name}/${member.entry.fileName}`;
    return { name: inside, path: member, stamp, place: placeOf(inside) };
  });
}

function placeOf(name: string): LogPlace {
  return { path: name.replace(/\.gz$/i, ''), day: dayInPath(name.replace(/\.gz$/i, '')) };
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

/** The error for a folder without files. */
export function emptyCorpus(dir: string): SwarmError {
  return new SwarmError({
    code: 'products/corpus-empty',
    disposition: 'stop',
    message: `The folder of chat logs ${cleanText(dir, 300)} is empty`,
    next: `Put logs into it: ${formsThatAreRead()}.`,
  });
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
