import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import { SwarmError } from '../core/errors.ts';
import { SWARM } from '../core/ids.ts';
import type { BlobReader } from './blob-reader.ts';
import type { Git } from './git.ts';
import { pathsHeldBy, readTree } from './git-tree.ts';
import { wasAt } from './history.ts';
import { isSafePath, isSavedCopy, pathOwner, savedCopyPath } from './paths.ts';
import type { EditOperation } from './spool.ts';
import { blobDigest, changesBetween, fileAt, type Tree, type TreeFile } from './tree.ts';
import { type ChangedPath, parseStatus } from './work-tree-status.ts';

const BRANCH = 'refs/heads/main';
/** Larger attachments stay on the person's disk and are not committed. */
const MAX_EDIT_BYTES = 8 * 1024 * 1024;
/** A file that changed this recently may not be written completely. */
const SETTLE_MS = 400;
/** How many files are updated concurrently. */
const FILES_AT_ONCE = 16;
/** Deleting more than this many files and half of the vault counts as an accident: they are restored. */
const MAX_DELETIONS = 50;

/** The folder that people open in Obsidian: a clone that follows the head and from which people's edits are read. Calls must not overlap. */
export interface WorkTree {
  /** The head that the files show. */
  readonly head: () => string;
  /** Finds people's edits. The caller must spool them: each edit is returned once. */
  readonly scan: (newestHead: string) => Promise<readonly EditOperation[]>;
  /** Updates the files to a head. Never overwrites a person's edit: it is returned, and the file is left until the edit is pushed. */
  readonly update: (head: string, tree: Tree) => Promise<readonly EditOperation[]>;
}

/** What the work tree needs. */
export interface WorkTreeParts {
  readonly git: Git;
  readonly blobs: BlobReader;
  /** Whether an edited version of a path is on the remote by now. */
  readonly isKept: (path: string, digest: string) => boolean;
  readonly warn: (message: string) => void;
}

/** Opens the work tree at the newest commit that it has in common with the remote. */
export async function openWorkTree({ git, blobs, isKept, warn }: WorkTreeParts, remoteHead: string): Promise<WorkTree> {
  const root = git.folder;
  let head = await sharedHead(git, remoteHead);
  let tree: Tree = (await readTree(git, head)).tree;
  /** The digest of the version last returned as an edit, by path; empty for a deletion. */
  const taken = new Map<string, string>();
  const unsettled = new Set<string>();
  const warned = new Set<string>();

  const warnOnce = (file: string, message: string) => {
    if (!warned.has(file)) warn(`${JSON.stringify(file)} in the vault folder ${message}`);
    warned.add(file);
  };

  async function lookAt(
    file: string,
  ): Promise<{ readonly bytes: Buffer; readonly isRecent: boolean } | 'absent' | 'other'> {
    try {
      const found = await lstat(path.join(root, file));
      if (!found.isFile()) return 'other';
      if (found.size > MAX_EDIT_BYTES) {
        warnOnce(file, `is over ${MAX_EDIT_BYTES / 1024 / 1024} MiB and is not committed`);
        return 'other';
      }
      const age = Date.now() - found.mtimeMs;
      return { bytes: await readFile(path.join(root, file)), isRecent: age >= 0 && age < SETTLE_MS };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') return 'absent';
      throw error;
    }
  }

  /** Puts back what only the swarm writes; what a person made of it is kept in a copy beside it. */
  async function keepBeside(file: string, bytes: Buffer | undefined, digest: string): Promise<void> {
    if (bytes !== undefined) await writeFile(path.join(root, savedCopyPath(file, digest)), bytes);
    await writeVersion(file, fileAt(tree, file));
    warnOnce(file, 'is written by the swarm only, and is put back');
  }

  /** The edit at a path; undefined when its content is a version that the vault had there, which an interrupted update left. */
  async function take(file: string, bytes: Buffer | undefined, newest: string): Promise<EditOperation | undefined> {
    const digest = bytes === undefined ? '' : blobDigest(bytes, newest);
    // An edit on top of an edit that was returned already has that one as its base.
    const base = taken.get(file) ?? fileAt(tree, file)?.digest ?? '';
    if (digest === base) return undefined;
    if (pathOwner(file) === SWARM && !isSavedCopy(file)) {
      await keepBeside(file, bytes, digest);
      return undefined;
    }
    if (head !== newest && digest !== '' && (await wasAt(git, `${head}..${newest}`, file, digest))) return undefined;
    taken.set(file, digest);
    unsettled.add(file);
    return { op: 'edit', path: file, base: base === '' ? null : base, content: bytes?.toString('base64') ?? null };
  }

  /** Whether a file that was left out till now holds a version that the vault once had: it was shown before it was left out. */
  async function isOldVersion(
    file: string,
    digest: string,
    to: TreeFile | undefined,
    newest: string,
  ): Promise<boolean> {
    if (digest === '' || to === undefined || taken.has(file) || fileAt(tree, file) !== undefined) return false;
    return wasAt(git, newest, file, digest);
  }

  async function writeVersion(file: string, to: TreeFile | undefined): Promise<void> {
    const target = path.join(root, file);
    if (to === undefined) {
      await rm(target, { force: true });
      await removeEmptyFolders(root, path.dirname(target));
      return;
    }
    const draft = path.join(root, '.git', `karmakadabra-${randomUUID()}.tmp`);
    const content = to.content instanceof Buffer ? to.content : await blobs.read(to.digest);
    if (content === 'too-large') return;
    await writeFile(draft, content);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(draft, target);
  }

  /** Updates one path to its version in the new head; returns an edit if a person changed it first. */
  async function updateFile(
    file: string,
    to: TreeFile | undefined,
    newest: string,
  ): Promise<EditOperation | undefined> {
    const found = await lookAt(file);
    if (found === 'other') return undefined;
    const bytes = found === 'absent' ? undefined : found.bytes;
    const digest = bytes === undefined ? '' : blobDigest(bytes, newest);
    const done = () => {
      taken.delete(file);
      unsettled.delete(file);
    };
    if (digest === (to?.digest ?? '')) return void done();
    const isOurs = digest === (fileAt(tree, file)?.digest ?? '') && !taken.has(file);
    const isTaken = taken.get(file) === digest;
    if (!isOurs && !(isTaken && isKept(file, digest)) && !(await isOldVersion(file, digest, to, newest))) {
      unsettled.add(file);
      if (isTaken) return undefined;
      const edit = await take(file, bytes, newest);
      if (edit !== undefined || taken.get(file) === digest) return edit;
    }
    await writeVersion(file, to);
    done();
    return undefined;
  }

  /** Whether the head holds a path that is not in its tree: its name is refused, it is a link, or its owner is over a bound. */
  function isLeftOut({ path: file, isInHead }: ChangedPath): boolean {
    return isInHead && fileAt(tree, file) === undefined;
  }

  async function restore(files: readonly string[]): Promise<void> {
    warn(
      `${files.length} files of the vault folder were deleted and are restored; delete fewer at a time to delete them for good`,
    );
    for (const file of files) await writeVersion(file, fileAt(tree, file));
  }

  return {
    head: () => head,
    scan: async (newestHead) => {
      if (await isBusy(root)) return [];
      let status = parseStatus(await git.run(STATUS));
      if (status.head !== head) {
        // A person committed here: their commit is undone and its changes are read from the files as edits.
        await git.run(['reset', '--quiet', '--mixed', head]);
        status = parseStatus(await git.run(STATUS));
      }
      const edits: EditOperation[] = [];
      const gone: string[] = [];
      // What the head holds and readers leave out is not shown here, so its absence or an old copy of it is no edit.
      const leftOut = new Set(status.changes.filter(isLeftOut).map(({ path: file }) => file));
      for (const file of new Set([...status.changes.map(({ path: changed }) => changed), ...unsettled])) {
        if (leftOut.has(file) || /^\.obsidian\/workspace[^/]*\.json$/.test(file)) continue;
        if (!isSafePath(file)) {
          // What a person installs in Obsidian is theirs.
          if (!file.startsWith('.obsidian/')) {
            warnOnce(file, 'has a name that the vault does not take and is not committed');
          }
          continue;
        }
        const found = await lookAt(file);
        if (found === 'other' || (found !== 'absent' && found.isRecent)) continue;
        if (found === 'absent') {
          if (fileAt(tree, file) !== undefined || taken.has(file)) gone.push(file);
          continue;
        }
        const edit = await take(file, found.bytes, newestHead);
        if (edit !== undefined) edits.push(edit);
      }
      if (gone.length > MAX_DELETIONS && gone.length * 2 > countFiles(tree)) await restore(gone);
      else for (const file of gone) edits.push(...listOf(await take(file, undefined, newestHead)));
      return edits;
    },
    update: async (newHead, newTree) => {
      if (await isBusy(root)) return [];
      const edits: EditOperation[] = [];
      const targets = new Map<string, TreeFile | undefined>(
        changesBetween(tree, newTree).map(({ path: file, to }) => [file, to]),
      );
      if (targets.size === 0 && unsettled.size === 0 && head === newHead) return [];
      for (const file of unsettled) if (!targets.has(file)) targets.set(file, fileAt(newTree, file));
      // What the new head still holds and readers leave out from now on is not deleted: the file stays as it is.
      const without = [...targets].flatMap(([file, to]) => (to === undefined ? [file] : []));
      for (const file of await pathsHeldBy(git, newHead, without)) {
        for (const files of [targets, taken, unsettled]) files.delete(file);
      }
      // Deletions first, so that a file can replace a folder.
      const isDeletion = ([, to]: readonly [string, TreeFile | undefined]): boolean => to === undefined;
      for (const some of [[...targets].filter(isDeletion), [...targets].filter((target) => !isDeletion(target))]) {
        await pMap(
          some,
          async ([file, to]) => {
            try {
              edits.push(...listOf(await updateFile(file, to, newHead)));
            } catch (error) {
              unsettled.add(file);
              warnOnce(
                file,
                `could not be brought up to date: ${error instanceof Error ? error.message : String(error)}`,
              );
            }
          },
          { concurrency: FILES_AT_ONCE },
        );
      }
      if (head !== newHead) await git.run(['reset', '--quiet', '--mixed', newHead]);
      [head, tree] = [newHead, newTree];
      return edits;
    },
  };
}

/** The work tree of a clone without files: does nothing. */
export function withoutFiles(head: () => string): WorkTree {
  return { head, scan: async () => [], update: async () => [] };
}

async function sharedHead(git: Git, remoteHead: string): Promise<string> {
  try {
    return (await git.run(['merge-base', BRANCH, remoteHead])).trim();
  } catch (cause) {
    throw new SwarmError({
      code: 'vault/unrelated-remote',
      disposition: 'stop',
      message: `The vault in ${git.folder} and its remote have no commit in common`,
      next: 'Move the folder away: it is cloned again. Or use the remote that it was cloned from.',
      cause,
    });
  }
}

const STATUS = ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=all', '--no-renames'];

/** Whether a person is working with git here: another branch, a merge, a rebase, a running git. */
async function isBusy(root: string): Promise<boolean> {
  const inGit = (name: string) => path.join(root, '.git', name);
  for (const name of ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply', 'index.lock']) {
    const isThere = await stat(inGit(name)).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return (await readFile(inGit('HEAD'), 'utf8')).trim() !== `ref: ${BRANCH}`;
}

async function removeEmptyFolders(root: string, from: string): Promise<void> {
  for (let folder = from; folder.startsWith(`${root}${path.sep}`); folder = path.dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

function countFiles(tree: Tree): number {
  let count = 0;
  for (const folder of tree.folders.values()) count += folder.size;
  return count;
}

function listOf<Item>(item: Item | undefined): readonly Item[] {
  return item === undefined ? [] : [item];
}
