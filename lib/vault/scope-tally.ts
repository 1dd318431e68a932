import type { NoteProblem } from '../core/note.ts';
import { type OwnerScope, scopeOf } from './owner-scope.ts';
import { isPage, isSafePath } from './paths.ts';
import type { TreeFile } from './tree.ts';

/** How many agents' folders are read. A swarm has some hundreds; each further folder would have bounds of its own. */
export const MAX_AGENT_FOLDERS = 2000;
/** How many names that the vault doesn't take are remembered in a scope; the rest is counted. */
const MAX_BAD_NAMES = 100;

const AGENTS = 'agents';

/** A path of a head: a file, or something else or under a name that the vault doesn't take. */
export interface TreeEntry {
  readonly path: string;
  readonly file: TreeFile | undefined;
}

/** What a head has in one scope, whether it is read or not. */
export interface ScopeTally {
  readonly scope: OwnerScope;
  readonly files: number;
  readonly bytes: number;
  readonly pageBytes: number;
  /** Links, submodules and names that the vault doesn't take. */
  readonly badNames: number;
  /** How many of the files are over the bounds and not read. */
  readonly leftOut: number;
}

/** The files of a head that are read, and how much it has. */
export interface Sifted {
  readonly files: readonly TreeFile[];
  readonly badNames: readonly string[];
  readonly tallies: ReadonlyMap<string, ScopeTally>;
  /** How many agents' folders are over {@link MAX_AGENT_FOLDERS}. */
  readonly foldersLeftOut: number;
}

/** Whether a part of the scope can't be read: then its tree doesn't say what the head has. */
export function isCut(tally: ScopeTally | undefined): boolean {
  if (tally === undefined) return false;
  const { files, bytes, pageBytes } = tally.scope.bounds;
  return tally.files > files || tally.bytes > bytes || tally.pageBytes > pageBytes || tally.badNames > MAX_BAD_NAMES;
}

/** Parses what git says of a path. @param mode of git, as in `100644`. */
export function parseEntry(path: string, mode: string, digest: string, sizeBytes: number): TreeEntry {
  // A name that isn't UTF-8 could be another's here.
  const isFile = mode.startsWith('100') && isSafePath(path) && !path.includes('\ufffd');
  return { path, file: isFile ? { path, digest, sizeBytes } : undefined };
}

/** Adds an entry to what its scope has (`by` 1), or takes it out (`by` -1). */
export function addToTally(
  tallies: Map<string, ScopeTally>,
  scope: OwnerScope,
  { path, file }: TreeEntry,
  by: 1 | -1,
): void {
  const { files, bytes, pageBytes, badNames } = tallies.get(scope.folder) ?? emptyTally(scope);
  const size = (file?.sizeBytes ?? 0) * by;
  const next: ScopeTally = {
    scope,
    files: files + (file === undefined ? 0 : by),
    bytes: bytes + size,
    pageBytes: pageBytes + (file !== undefined && isPage(path) ? size : 0),
    badNames: badNames + (file === undefined ? by : 0),
    leftOut: 0,
  };
  if (next.files === 0 && next.badNames === 0) tallies.delete(scope.folder);
  else tallies.set(scope.folder, next);
}

/**
 * Keeps of each scope what fits its bounds, file by file in the order of git's paths, so that the same files are kept
 * however the reader got to a head. Holds only what is kept.
 * @param wanted the scopes to look at; all if absent.
 */
export function createSieve(wanted?: ReadonlySet<string>): {
  readonly take: (entry: TreeEntry) => void;
  readonly finish: () => Sifted;
} {
  const found = new Map<string, { all: Mutable; kept: Mutable; scope: OwnerScope }>();
  const [files, badNames]: [TreeFile[], string[]] = [[], []];
  const folderOf = createScopeFinder();
  let [agentFolders, foldersLeftOut, lastLeftOut] = [0, 0, ''];

  /** Whether the bound on agents' folders leaves this one out. */
  const isOneTooMany = ({ folder }: OwnerScope): boolean => {
    if (wanted !== undefined || !folder.startsWith(`${AGENTS}/`)) return false;
    if (agentFolders < MAX_AGENT_FOLDERS) {
      agentFolders += 1;
      return false;
    }
    if (folder !== lastLeftOut) foldersLeftOut += 1;
    lastLeftOut = folder;
    return true;
  };

  return {
    take: ({ path, file }) => {
      const scope = folderOf(path);
      if (wanted !== undefined && !wanted.has(scope.folder)) return;
      let tally = found.get(scope.folder);
      if (tally === undefined) {
        if (isOneTooMany(scope)) return;
        tally = { all: emptyTally(scope), kept: emptyTally(scope), scope };
        found.set(scope.folder, tally);
      }
      const { all, kept } = tally;
      if (file === undefined) {
        all.badNames += 1;
        if (all.badNames <= MAX_BAD_NAMES) badNames.push(path);
        return;
      }
      const pageBytes = isPage(path) ? file.sizeBytes : 0;
      add(all, file.sizeBytes, pageBytes);
      const { bounds } = scope;
      const fits =
        kept.files < bounds.files &&
        kept.bytes + file.sizeBytes <= bounds.bytes &&
        kept.pageBytes + pageBytes <= bounds.pageBytes;
      if (!fits) return;
      add(kept, file.sizeBytes, pageBytes);
      files.push(file);
    },
    finish: () => ({
      files,
      badNames,
      tallies: new Map(
        [...found].map(([folder, { all, kept }]) => [folder, { ...all, leftOut: all.files - kept.files }]),
      ),
      foldersLeftOut,
    }),
  };
}

/** Says how much of a head is over the bounds: a line for each bound and scope, and one for the folders of agents. */
export function describeCuts(tallies: Iterable<ScopeTally>, foldersLeftOut: number): readonly NoteProblem[] {
  const problems: NoteProblem[] = [];
  if (foldersLeftOut > 0) {
    const detail = `${foldersLeftOut} agents’ folders over ${MAX_AGENT_FOLDERS} are not read`;
    problems.push({ path: AGENTS, code: OVER_BOUND, detail });
  }
  for (const { scope, files, bytes, pageBytes, badNames, leftOut } of tallies) {
    if (badNames > MAX_BAD_NAMES) {
      const detail = `and ${badNames - MAX_BAD_NAMES} more links and names that the vault doesn't take`;
      problems.push({ path: scopePath(scope), code: MORE_PROBLEMS, detail });
    }
    if (leftOut === 0) continue;
    const { bounds } = scope;
    const detail =
      `${leftOut} files are not read: there are ${files} files of ${mib(bytes)} MiB, ${mib(pageBytes)} MiB of them pages; ` +
      `the bounds are ${bounds.files} files, ${mib(bounds.bytes)} MiB and ${mib(bounds.pageBytes)} MiB of pages`;
    problems.push({ path: scopePath(scope), code: OVER_BOUND, detail });
  }
  return problems;
}

/** The code of a problem that says that a part of a scope isn't read. */
export const OVER_BOUND = 'vault/over-bound';

/** The code of a problem that counts others of a scope. */
export const MORE_PROBLEMS = 'vault/more-problems';

/** The path under which a scope is reported: its folder, or `.` where it is the rest of the vault. */
export function scopePath({ folder }: OwnerScope): string {
  return folder === '' ? '.' : folder;
}

/** Finds scopes, remembering that of the last agent's folder: most paths of a listing follow one of the same. */
export function createScopeFinder(): (path: string) => OwnerScope {
  let [prefix, known]: [string, OwnerScope | undefined] = ['', undefined];
  return (path) => {
    if (known !== undefined && path.startsWith(prefix)) return known;
    const scope = scopeOf(path);
    known = scope.folder.startsWith(`${AGENTS}/`) ? scope : undefined;
    prefix = `${scope.folder}/`;
    return scope;
  };
}

type Mutable = { -readonly [Key in keyof ScopeTally]: ScopeTally[Key] };

function emptyTally(scope: OwnerScope): Mutable {
  return { scope, files: 0, bytes: 0, pageBytes: 0, badNames: 0, leftOut: 0 };
}

function add(tally: Mutable, bytes: number, pageBytes: number): void {
  tally.files += 1;
  tally.bytes += bytes;
  tally.pageBytes += pageBytes;
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
