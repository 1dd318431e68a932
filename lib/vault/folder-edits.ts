import type { BlobReader } from './blob-reader.ts';
import { type FolderFiles, type FoundFile, readFolderFile, writeFolderFile } from './folder-files.ts';
import { type FileFacts, historyOf, judgeFile, placeOf, type Verdict } from './folder-state.ts';
import type { Git } from './git.ts';
import { findPastVersions, type PathVersion, versionKey } from './history.ts';
import { isInNote, isSafePath, nameErrorOf, savedCopyPath } from './paths.ts';
import type { EditOperation } from './spool.ts';
import { blobDigest, clashes, fileAt, type Tree } from './tree.ts';
import { hasEditorMarks, typedBytes } from './typed-text.ts';
import { type ChangedPath, parseStatus } from './work-tree-status.ts';

/** Deleting more than this many files and half of the vault counts as an accident: they are restored. */
const MAX_DELETIONS = 50;
/** Takes no lock that a person's git could meet. */
const STATUS = [
  '--no-optional-locks',
  'status',
  '--porcelain=v2',
  '--branch',
  '-z',
  '--untracked-files=all',
  '--no-renames',
];
/** What Obsidian writes whenever somebody moves a window. */
const LAYOUT = /^\.obsidian\/workspace[^/]*\.json$/;

/** Why a file is not read. What is behind a link is told once, of the link. */
const UNREAD: Readonly<Record<Exclude<FoundFile & string, 'absent'>, string | undefined>> = {
  'too-large': 'is over 8 MiB and is not committed',
  evicted: 'is not on this disk: a sync tool keeps it elsewhere; download it again',
  link: 'is a link; neither it nor what it leads to is committed',
  'behind-link': undefined,
  unreadable: 'can not be read and is not committed; see its rights and those of its folders',
};

/** What reading the edits of a folder needs. */
export interface FolderReading {
  readonly git: Git;
  readonly blobs: BlobReader;
  readonly settleMs: number;
  readonly warn: (message: string) => void;
  readonly files: FolderFiles;
  /** The host's own head and its files; `newest` is the newest commit of the remote. */
  readonly head: string;
  readonly base: Tree;
  /** The files that were shown before main was moved; the same while it was not. */
  readonly before: Tree;
  readonly newest: string;
  readonly state: FileFacts['state'];
  readonly commits: ReadonlyMap<string, FileFacts['commit']>;
}

interface JudgedFile {
  readonly path: string;
  /** What was typed, and the digest of the file's bytes as they are. */
  readonly bytes: Buffer | undefined;
  readonly rawDigest: string;
  readonly facts: FileFacts;
}

/** Reads what differs from the host's own head and judges it. Nothing is remembered until `accept` is called, which gives the edits. */
export async function readFolderEdits(
  reading: FolderReading,
): Promise<{ readonly accept: () => Promise<readonly EditOperation[]> }> {
  const { git, warn, files, base, state, commits, head, newest } = reading;
  const root = git.folder;
  const status = parseStatus(await git.run(STATUS));
  const findings = new Map<string, string>();
  const missing = new Set<string>();
  const unread = new Map<string, FileFacts['commit']>();
  const found: JudgedFile[] = [];
  // What the head holds and readers leave out is not shown here, so its absence or an old copy of it is no edit.
  const isLeftOut = ({ path, isInHead }: ChangedPath) =>
    isInHead && fileAt(base, path) === undefined && !commits.has(path);
  const leftOut = new Set(status.changes.filter(isLeftOut).map(({ path }) => path));
  const changed = [...status.changes.map(({ path }) => path), ...commits.keys()];
  for (const path of new Set([...changed, ...files.taken.keys(), ...files.bases.keys(), ...files.unread.keys()])) {
    if (leftOut.has(path) || LAYOUT.test(path)) continue;
    if (!isSafePath(path)) {
      // What a person installs in Obsidian is theirs.
      if (!path.startsWith('.obsidian/')) findings.set(path, nameErrorOf(path));
      continue;
    }
    const file = await readFolderFile(root, path);
    if (typeof file === 'string' && file !== 'absent') {
      const why = UNREAD[file];
      if (why !== undefined) findings.set(path, why);
      continue;
    }
    if (file !== 'absent' && file.ageMs >= 0 && file.ageMs < reading.settleMs) {
      // It is judged later, and by what moved the folder now.
      if (state === 'moved') unread.set(path, commits.get(path) ?? 'none');
      else if (files.unread.has(path)) unread.set(path, files.unread.get(path) ?? 'none');
      continue;
    }
    const inTheWay = file === 'absent' ? undefined : blockedBy(path);
    if (inTheWay !== undefined) findings.set(path, inTheWay);
    else found.push(await describe(path, file === 'absent' ? undefined : file.bytes));
  }

  /** Why a file can't be committed yet, or at all: what the vault has there is told apart from it by being gone first. */
  function blockedBy(path: string): string | undefined {
    if (placeOf(path) !== 'people' && isInNote(path))
      return "is in a folder with a note's name, where agents write; rename the folder to have it in the vault";
    return clashes(base, path)
      ? 'stands where the vault has a folder, or in a folder that is a file there; it is committed when that is deleted'
      : undefined;
  }

  async function describe(path: string, raw: Buffer | undefined): Promise<JudgedFile> {
    const shown = files.bases.get(path) ?? (await typedOn(path, raw));
    const bytes = raw !== undefined && hasEditorMarks(path, raw) ? typedBytes(raw, await versionOf(shown)) : raw;
    const facts: FileFacts = {
      path,
      digest: bytes === undefined ? '' : blobDigest(bytes, head),
      isEmpty: bytes?.length === 0,
      shown,
      taken: files.taken.get(path)?.digest,
      state: files.unread.has(path) ? 'moved' : state,
      commit: commits.get(path) ?? files.unread.get(path) ?? 'none',
      siblings: () => base.folders.get(path.slice(0, Math.max(0, path.lastIndexOf('/'))))?.keys() ?? [],
    };
    return { path, bytes, rawDigest: raw === undefined ? '' : blobDigest(raw, head), facts };
  }

  /**
   * The version on which a file was typed, where git moved main: that of main's commit, as after `reset --hard`, or the one that was shown
   * before, as after `reset --soft`. It is the one from which less was changed.
   */
  async function typedOn(path: string, bytes: Buffer | undefined): Promise<string> {
    const [there, before] = [fileAt(base, path)?.digest ?? '', fileAt(reading.before, path)?.digest ?? ''];
    if (bytes === undefined || there === before || before === '') return there;
    const typed = blobDigest(bytes, head);
    if (typed === before || typed === there) return there;
    const [one, other] = [await versionOf(there), await versionOf(before)];
    return other !== undefined && changedLines(other, bytes) < changedLines(one, bytes) ? before : there;
  }

  async function versionOf(digest: string): Promise<Buffer | undefined> {
    if (digest === '') return undefined;
    const content = await reading.blobs.read(digest).catch(() => undefined);
    return content === 'too-large' ? undefined : content;
  }

  const asked: Record<'ever' | 'newer', PathVersion[]> = { ever: [], newer: [] };
  for (const { path, facts } of found) {
    const history = historyOf(facts);
    if (history !== 'none') asked[history].push({ path, digest: facts.digest });
  }
  const past = new Set([
    ...(await findPastVersions(git, newest, asked.ever)),
    ...(head === newest ? [] : await findPastVersions(git, `${head}..${newest}`, asked.newer)),
  ]);
  const judged = found.map((file): readonly [JudgedFile, Verdict] => [
    file,
    judgeFile(file.facts, past.has(versionKey(file.facts))),
  ]);
  const isDeletion = ([{ facts }, verdict]: (typeof judged)[number]): boolean =>
    verdict === 'edit' && facts.digest === '';
  const deletions = judged.filter(isDeletion).length;
  const isAccident = deletions > MAX_DELETIONS && deletions * 2 > countFiles(base);

  async function acceptOne(file: JudgedFile, verdict: Verdict): Promise<EditOperation | undefined> {
    const { path, bytes, rawDigest, facts } = file;
    const { digest, shown, taken } = facts;
    switch (verdict) {
      case 'same':
        // An editor's line ends, or the version that was shown before: the vault's own is written again.
        if (taken === undefined && (rawDigest !== digest || files.bases.has(path))) files.strays.set(path, rawDigest);
        return undefined;
      case 'vault':
        files.taken.delete(path);
        files.strays.set(path, rawDigest);
        // What is typed before the vault's own is written again is typed on this; and it isn't judged anew, by what git did no longer.
        files.bases.set(path, digest);
        return undefined;
      case 'aside':
        findings.set(
          path,
          'looks like what a program left beside a note and is not committed; rename it to have it in the vault',
        );
        return undefined;
      case 'copied': {
        const copy = savedCopyPath(path, digest);
        await writeFolderFile(root, copy, bytes);
        warn(
          `${JSON.stringify(path)} is a record that no edit changes and was put back; what was typed there is kept in ${JSON.stringify(copy)}`,
        );
        files.strays.set(path, rawDigest);
        return undefined;
      }
      case 'edit': {
        if (digest === '' && isAccident) {
          files.strays.set(path, '');
          return undefined;
        }
        // A program that saves a file may remove it for a moment. What a commit removed is gone for good.
        if (digest === '' && facts.commit === 'none' && !files.missing.has(path)) {
          missing.add(path);
          return undefined;
        }
        // An edit on top of an edit that was returned already has that one as its base.
        const before = taken ?? shown;
        files.taken.set(path, { digest, rawDigest });
        files.bases.delete(path);
        files.strays.delete(path);
        return { op: 'edit', path, base: before === '' ? null : before, content: bytes?.toString('base64') ?? null };
      }
      default:
        return verdict satisfies never;
    }
  }

  return {
    accept: async () => {
      if (isAccident) {
        warn(
          `${deletions} files of the vault folder were deleted and are restored; delete fewer at a time to delete them for good`,
        );
      }
      const edits: EditOperation[] = [];
      for (const [file, verdict] of judged) {
        const edit = await acceptOne(file, verdict);
        if (edit !== undefined) edits.push(edit);
      }
      for (const [path, why] of findings) {
        if (files.findings.get(path) !== why) warn(`${JSON.stringify(path)} in the vault folder ${why}`);
      }
      replace(files.findings, findings);
      replace(files.unread, unread);
      files.missing.clear();
      for (const path of missing) files.missing.add(path);
      return edits;
    },
  };
}

/** How many lines of two texts the other has not. */
function changedLines(before: Buffer | undefined, after: Buffer): number {
  const counts = new Map<string, number>();
  for (const line of after.toString('latin1').split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of before?.toString('latin1').split('\n') ?? []) counts.set(line, (counts.get(line) ?? 0) - 1);
  return [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0);
}

function replace<Value>(map: Map<string, Value>, by: ReadonlyMap<string, Value>): void {
  map.clear();
  for (const [key, value] of by) map.set(key, value);
}

function countFiles(tree: Tree): number {
  let count = 0;
  for (const folder of tree.folders.values()) count += folder.size;
  return count;
}
