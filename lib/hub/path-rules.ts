import { ARCHIVE_FOLDER } from '../core/archive-period.ts';
import { agentName, PEOPLE, SWARM } from '../core/ids.ts';
import { isObsidianSetting, isSeededSetting } from '../vault/obsidian-settings.ts';
import { isSafePath, pathOwner, savedCopyOf } from '../vault/paths.ts';

/**
 * The endings of files that people may attach: notes, what Obsidian shows itself, and plain data. What a system or a browser
 * would run when somebody opens it (`.html`, `.svg`, `.js`, `.desktop`, `.url`, `.exe`) isn't among them.
 */
const ATTACHMENTS: ReadonlySet<string> = new Set([
  ...['base', 'canvas', 'csv', 'tsv', 'json', 'yaml', 'txt', 'pdf', 'pub', 'sig', 'asc'],
  ...['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'bmp'],
  ...['mp3', 'wav', 'm4a', 'ogg', 'flac', '3gp', 'mp4', 'webm', 'ogv', 'mov', 'mkv'],
]);

/** Why authors may not write a path, for the pusher; undefined when they may. */
export function pathRejection(authors: readonly string[], path: string): string | undefined {
  return nameError(path) ?? ownerError(authors, path);
}

/**
 * Why authors may not delete a path, for the pusher; undefined when they may. An owner deletes what it has. People delete
 * also what could not be written today and what `isOverBounds` says is of an owner with too much, so that nothing is
 * in the vault for ever.
 */
export function deletionRejection(authors: readonly string[], path: string, isOverBounds: boolean): string | undefined {
  if (path === '.gitignore') return `${show(path)} must stay; it keeps what one person installs out of the vault`;
  const rejection = ownerError(authors, path);
  if (rejection === undefined) return undefined;
  if (pathOwner(path) === SWARM && savedCopyOf(path) === undefined) return rejection;
  const mayClear = authors.includes(PEOPLE) && (isOverBounds || nameError(path) !== undefined);
  return mayClear ? undefined : rejection;
}

/** Why nobody may write a file at a path; undefined when its owner may. */
function nameError(path: string): string | undefined {
  const shown = show(path);
  if (path.includes('\ufffd')) return `${shown} is not UTF-8`;
  if (path.startsWith('.obsidian/') && !isObsidianSetting(path))
    return `${shown} is what Obsidian runs or one person's own; the vault shares only the settings that .gitignore names`;
  if (!isSafePath(path)) return `${shown} is not a valid path in the vault`;
  if (isSeededSetting(path)) return `${shown} comes with the vault and stays as it is; run git checkout on it`;
  if (isOwnedFolder(path)) return `${shown} is a folder, not a file`;
  // macOS writes composed names and finds decomposed ones under them: with one spelling there are no two files for one name.
  if (path !== path.normalize('NFC'))
    return `${shown} is not in Unicode's composed form (NFC); rename it to ${show(path.normalize('NFC'))}`;
  const [top, second = '', third] = path.split('/');
  if (top === 'agents' && third !== undefined && !agentName.safeParse(second).success)
    return `${shown} is below agents, where only agents have folders`;
  return endingError(path);
}

function endingError(path: string): string | undefined {
  if (path.endsWith('.md') || path === '.gitignore') return undefined;
  const ending = /\.([^./]*)$/.exec(path)?.[1] ?? '';
  if (pathOwner(savedCopyOf(path) ?? path) !== PEOPLE)
    return `${show(path)} is not a note; agents write only .md files`;
  if (ATTACHMENTS.has(ending.toLowerCase()) && ending !== '') return undefined;
  return `${show(path)} is of a kind that the vault doesn't take; it takes .md, ${[...ATTACHMENTS].map((one) => `.${one}`).join(', ')}`;
}

function ownerError(authors: readonly string[], path: string): string | undefined {
  // The saved copy of a person's edit belongs to the writer of the note beside it, and people may delete it.
  const original = savedCopyOf(path);
  const owner = pathOwner(original ?? path);
  // Nobody pushes it, also a person whose account has the same name: the hub makes it where it is.
  if (owner === SWARM && original === undefined) return `${show(path)} is written by the hub itself`;
  const mayTouch = authors.includes(owner) || (original !== undefined && authors.includes(PEOPLE));
  return mayTouch ? undefined : `${show(path)} belongs to ${owner}`;
}

/** Whether a file with this name would block a folder that belongs to others. */
function isOwnedFolder(path: string): boolean {
  const [top, second, third] = path.split('/');
  if (second === undefined) return top === 'agents' || top === 'shared';
  if (third !== undefined) return false;
  return (
    path === 'shared/treasury' || path === ARCHIVE_FOLDER || (top === 'agents' && agentName.safeParse(second).success)
  );
}

function show(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
