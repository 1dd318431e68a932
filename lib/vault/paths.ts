import { ARCHIVE_FOLDER } from '../core/archive-period.ts';
import { SwarmError } from '../core/errors.ts';
import { agentName, OPS, PEOPLE, SWARM, TREASURY } from '../core/ids.ts';
import { foldPath } from './fold-path.ts';
import { isObsidianSetting } from './obsidian-settings.ts';

/** The agent that renders the shared pages. */
export const COORDINATOR = 'kk-coordinator';

const MAX_PATH_BYTES = 400;
/** How many names a path has. The swarm's own have up to five; each folder more is one to create on every machine, for each file. */
const MAX_NAMES = 16;
/** The letters of names that programs choose: they are one spelling on every system, which saves looking closer. */
const PLAIN = /^[a-z0-9_.-]+$/;
const MAX_NAME_BYTES = 200;
/** More than the longest name of a device, with what may stand behind it. */
const MAX_DEVICE_CHARS = 16;
const RENDERED = new Set(['shared/supply-chain.md', 'shared/ledger.md', 'shared/tasks.md']);
const ALERTS = 'shared/alerts.md';

/** Pages that programs read or write at a known path: none of them may be a folder, or be there under another spelling. */
const KNOWN_PAGES: ReadonlySet<string> = new Set([...RENDERED, ALERTS, 'shared/config.md', 'shared/announcements.md']);
const KNOWN_FOLDERS: readonly string[] = [
  ...['agents', 'shared', 'people', 'dashboards', 'knowledge'],
  ...[
    ARCHIVE_FOLDER,
    'shared/treasury',
    'shared/keys',
    'shared/quarantine',
    'people/wishes',
    'people/decisions',
    'people/mandates',
  ],
];
/** The known paths by how they compare on file systems that ignore case or Unicode's forms. */
const KNOWN = new Map([...KNOWN_PAGES, ...KNOWN_FOLDERS].map((known) => [foldPath(known), known]));

/** The name of the copy that keeps a person's overwritten edit beside the note: `<name>.people-<short blob id>.<extension>`. */
const SAVED_COPY = /\.people-[0-9a-f]{8}(?=(?:\.[^./]+)?$)/;

/**
 * Whether a path is valid in the vault on every machine: relative, with `/`, no empty, hidden or dotted parts but the shared
 * settings of Obsidian and `.gitignore` at the top, nothing that Windows or git refuses, no other spelling of a path that
 * programs know, bounded in length and depth.
 */
export function isSafePath(path: string): boolean {
  if (path === '' || Buffer.byteLength(path) > MAX_PATH_BYTES) return false;
  if (path === '.gitignore' || isObsidianSetting(path)) return true;
  const names = path.split('/');
  return names.length <= MAX_NAMES && names.every(isSafeName) && !isMisspelt(names);
}

/** The identity that writes a path: an agent its folder, the renderers their pages, the swarm itself the index of its archive, people the rest. */
export function pathOwner(path: string): string {
  const [top, second, third] = path.split('/');
  if (top === 'agents' && second !== undefined && third !== undefined && agentName.safeParse(second).success)
    return second;
  if (RENDERED.has(path)) return COORDINATOR;
  if (top === 'shared' && second === 'treasury' && third !== undefined) return TREASURY;
  if (path === ALERTS) return OPS;
  if (path.startsWith(`${ARCHIVE_FOLDER}/`)) return SWARM;
  return PEOPLE;
}

/** Who writes a path in a commit of several: its owner if that is one of them, else the first. */
export function writerOf(
  { author, coAuthors = [] }: { readonly author: string; readonly coAuthors?: readonly string[] | undefined },
  path: string,
): string {
  if (coAuthors.length === 0) return author;
  const owner = pathOwner(path);
  return coAuthors.includes(owner) ? owner : author;
}

/**
 * Checks that an author may write a path.
 * @throws SwarmError `vault/bad-path` or `vault/not-yours`.
 */
export function checkPath(author: string, path: string): void {
  if (!isSafePath(path)) {
    throw new SwarmError({
      code: 'vault/bad-path',
      disposition: 'stop',
      message: `${JSON.stringify(path.slice(0, 120))} can't be a path in the vault`,
      next: 'Use a relative path with /, without hidden parts, control characters or characters that file systems refuse.',
    });
  }
  const owner = pathOwner(path);
  if (owner === author) return;
  throw new SwarmError({
    code: 'vault/not-yours',
    disposition: 'stop',
    message: `${author} may not write ${path}: it belongs to ${owner}`,
    next: `Write under agents/${author}/, or let ${owner} write it.`,
  });
}

/** The path of the copy that keeps a person's version of a note when it is overwritten; `digest` is its blob id. */
export function savedCopyPath(path: string, digest: string): string {
  const slash = path.lastIndexOf('/');
  const dot = path.lastIndexOf('.');
  const at = dot > slash + 1 ? dot : path.length;
  return `${path.slice(0, at)}.people-${digest.slice(0, 8)}${path.slice(at)}`;
}

/** Whether a path is such a saved copy. Readers ignore it. */
export function isSavedCopy(path: string): boolean {
  return SAVED_COPY.test(path);
}

/** The path of the note that a saved copy belongs to; undefined when the path isn't a saved copy. */
export function savedCopyOf(path: string): string | undefined {
  return isSavedCopy(path) ? path.replace(SAVED_COPY, '') : undefined;
}

/** Whether a path is a page that is read every beat. Logs and attachments grow without bound and are read when asked for. */
export function isPage(path: string): boolean {
  return path.endsWith('.md') && !/^agents\/[^/]+\/log\//.test(path);
}

/** Whether a page is at the top of the vault or directly in a folder such as an agent's. There are few; their text stays in memory. */
export function isTopPage(path: string): boolean {
  return isPage(path) && path.split('/').length <= 3;
}

/** Whether a folder of a path has the name of a note. */
export function isInNote(path: string): boolean {
  return /\.md\//iu.test(path);
}

/** Whether the start of a path is a known one in other letters, or a page that is taken for a folder. */
function isMisspelt(names: readonly string[]): boolean {
  const [top = '', second] = names;
  const isKnownPage = second !== undefined && KNOWN_PAGES.has(`${top}/${second}`);
  if (isKnownPage) return names.length > 2;
  // Known paths are all in these letters, so that nothing in them is another spelling.
  if (PLAIN.test(top) && (second === undefined || PLAIN.test(second))) return false;
  for (const start of second === undefined ? [top] : [top, `${top}/${second}`]) {
    const known = KNOWN.get(foldPath(start));
    if (known !== undefined && known !== start) return true;
  }
  if (top !== 'agents' || second === undefined) return false;
  const folded = foldPath(second).toLowerCase();
  return folded !== second && agentName.safeParse(folded).success;
}

/**
 * Says in words why a path is not valid in the vault, with the character where it is one: what shows nothing can't be seen in a name.
 */
export function nameErrorOf(path: string): string {
  const shown = 'and is not committed; rename it';
  const refused = [...path.replace(JOINED, '')].find((one) => REFUSED.test(one) || INVISIBLE.test(one));
  if (refused !== undefined) {
    const code = `U+${(refused.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    const isSeen = !INVISIBLE.test(refused) && !/\p{C}/u.test(refused);
    const before = path.slice(0, path.indexOf(refused)).split('/').at(-1) ?? '';
    const where = before === '' ? 'at the start of a name' : `behind ${JSON.stringify(before)}`;
    return `has the character ${isSeen ? `${JSON.stringify(refused)} (${code})` : `${code}, which shows nothing,`} ${where} ${shown}`;
  }
  const hidden = path.split('/').find((name) => name.startsWith('.'));
  if (hidden !== undefined) return `is hidden (${JSON.stringify(hidden)} begins with a dot) ${shown}`;
  return `has a name that some system does not take (too long, a device's name, a space or dot at an end) ${shown}`;
}

const SOUTH_ASIAN = ['Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh', 'Khmr', 'Mymr']
  .map((script) => `\\p{sc=${script}}`)
  .join('');

/**
 * Joiners where writing needs them: between letters of scripts that join (Persian, Hindi and their like) and between the parts of one
 * emoji. Names that differ only in them fold to one.
 */
const JOINED = new RegExp(
  [
    // Arabic and its relatives, then the scripts of South Asia; a mark may stand before the joiner.
    String.raw`(?<=[\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}\p{sc=Nkoo}][\p{M}]?)[\u200c\u200d](?=[\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}\p{sc=Nkoo}])`,
    String.raw`(?<=[${SOUTH_ASIAN}])[\u200c\u200d](?=[${SOUTH_ASIAN}])`,
    String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`,
  ].join('|'),
  'gu',
);
/** What systems refuse in names, and what is no character. */
const REFUSED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\\:*?"<>|]/u;
/** Letters that show nothing; variation selectors stay, as emoji and Han names have them. */
const INVISIBLE = /(?!\p{Variation_Selector})\p{Default_Ignorable_Code_Point}/u;

function isSafeName(name: string): boolean {
  if (name === '' || name.startsWith('.') || Buffer.byteLength(name) > MAX_NAME_BYTES) return false;
  if (PLAIN.test(name)) return !name.endsWith('.') && !isDevice(name.toUpperCase());
  const bare = /[\u200c\u200d]/.test(name) ? name.replace(JOINED, '') : name;
  if (REFUSED.test(bare) || INVISIBLE.test(bare)) return false;
  if (/^\s|[\s.]$/u.test(name)) return false;
  // A device's name is at its start; folding all of a long name takes many times as long.
  const start = bare.replace(/\p{Variation_Selector}/gu, '').slice(0, MAX_DEVICE_CHARS);
  return !isDevice(foldPath(start)) && !isShortName(name);
}

/** Whether Windows takes a name for a device, whatever its ending. */
function isDevice(folded: string): boolean {
  return /^(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|COM\d|LPT\d)\s*(?:\.|$)/.test(folded);
}

/** Whether a name could be Windows' short name for another file. */
function isShortName(name: string): boolean {
  return /~\d+$/.test(name) || /^[^.]{1,8}~\d+\.[^.]{1,3}$/.test(name);
}
