import pMap from 'p-map';
import { SwarmError } from '../core/errors.ts';
import type { BlobReader } from './blob-reader.ts';
import { readFolderEdits } from './folder-edits.ts';
import { type FolderFiles, readFolderFile, writeFolderFile } from './folder-files.ts';
import { type FolderMemory, type FolderReport, readFolderMemory, writeFolderMemory } from './folder-memory.ts';
import { assessFolder, type FolderLook, type FolderState, isSameLook } from './folder-state.ts';
import type { Git } from './git.ts';
import { pathsHeldBy, readTree } from './git-tree.ts';
import { findPastVersions, type PathVersion, versionKey } from './history.ts';
import { type LockedIndex, prepareIndex, withIndexLock } from './index-lock.ts';
import { lookAtFolder } from './look-at-folder.ts';
import { readMovedMain } from './moved-main.ts';
import type { EditOperation } from './spool.ts';
import { createStandingTeller } from './standing-teller.ts';
import { blobDigest, changesBetween, fileAt, type Tree, type TreeFile } from './tree.ts';

const BRANCH = 'refs/heads/main';
/** How many files are updated concurrently. */
const FILES_AT_ONCE = 16;
/** What of an update is read before git is kept out of the folder, so that it is kept out for a moment only. */
const PREPARED_BYTES = 64 * 2 ** 20;

/** The folder that people open in Obsidian: a clone that follows the head and from which people's edits are read. Calls must not overlap. */
export interface WorkTree {
  /** The head that the files show. */
  readonly head: () => string;
  /** Finds people's edits. The caller must spool them: each edit is returned once. */
  readonly scan: (newestHead: string) => Promise<readonly EditOperation[]>;
  /** Updates the files to a head. Never overwrites what a person typed: that stays until it is read and pushed. */
  readonly update: (head: string, tree: Tree) => Promise<void>;
  readonly report: () => FolderReport;
}

/** What the work tree needs. */
export interface WorkTreeParts {
  readonly git: Git;
  readonly blobs: BlobReader;
  /** Whether an edited version of a path is on the remote by now. */
  readonly isKept: (path: string, digest: string) => boolean;
  readonly warn: (message: string) => void;
  readonly settleMs: number;
}

/** Opens the work tree at the commit that its files show. */
export async function openWorkTree(
  { git, blobs, isKept, warn, settleMs }: WorkTreeParts,
  remoteHead: string,
): Promise<WorkTree> {
  const root = git.folder;
  let last: FolderLook = await lookAtFolder(git);
  const { head: shownHead, ...remembered } = await recall(git, last, remoteHead);
  let head = shownHead;
  let tree: Tree = (await readTree(git, head)).tree;
  const known = { ...remembered };
  const files: FolderFiles = {
    taken: new Map(),
    bases: new Map(Object.entries(remembered.bases)),
    strays: new Map(),
    unread: new Map(),
    missing: new Set(),
    findings: new Map(),
  };
  const teller = createStandingTeller(warn, remembered.standing);

  const save = () =>
    writeFolderMemory(root, {
      head,
      ...known,
      bases: Object.fromEntries(files.bases),
      standing: teller.standing(),
      findings: [...files.findings].map(([path, why]) => ({ path, why })),
    });

  /** Looks at the folder; undefined when nothing is to be read or written there now. */
  async function assess(): Promise<{ readonly look: FolderLook; readonly state: FolderState['state'] } | undefined> {
    const look = await lookAtFolder(git, last);
    last = look;
    const found = assessFolder(look, { head, ...known });
    await teller.tell(found, root);
    if (found.state === 'standing') {
      if (!found.isLock) known.wasStanding = true;
      await save();
      return undefined;
    }
    if (found.state !== 'broken') return { look, state: found.state };
    const index = await prepareIndex(git, 'HEAD', true);
    await withIndexLock(git, ({ moveMain }) => moveMain('HEAD', index, []));
    warn('The index of the vault folder was damaged and was made anew; no file was changed');
    return undefined;
  }

  /** Keeps git out of the folder while a function runs, if nobody has used git since a look. */
  async function whileStill(
    look: FolderLook,
    run: (locked: LockedIndex) => Promise<void>,
  ): Promise<'done' | 'disturbed'> {
    const result = await withIndexLock(git, async (locked) => {
      if (!isSameLook(look, await lookAtFolder(git, look))) return 'disturbed';
      await run(locked);
      return 'done';
    });
    return result === 'locked' ? 'disturbed' : result;
  }

  async function contentOf(to: TreeFile | undefined): Promise<Buffer | 'too-large' | undefined> {
    if (to === undefined) return undefined;
    return to.content instanceof Buffer ? to.content : blobs.read(to.digest);
  }

  /** Finds what the vault once had where the host's own head shows nothing: it was shown before it was left out. */
  async function findOldCopies(targets: ReadonlyMap<string, TreeFile | undefined>, newest: string): Promise<void> {
    const copies: PathVersion[] = [];
    for (const [path, to] of targets) {
      if (to === undefined || fileAt(tree, path) !== undefined || files.taken.has(path)) continue;
      const found = await readFolderFile(root, path);
      if (typeof found === 'object') copies.push({ path, digest: blobDigest(found.bytes, head) });
    }
    const past = await findPastVersions(git, newest, copies);
    for (const copy of copies) if (past.has(versionKey(copy))) files.strays.set(copy.path, copy.digest);
  }

  /** Brings one path to its version in the new head, unless a person typed there what is not on the remote yet. */
  async function updateFile(
    file: string,
    to: TreeFile | undefined,
    content: Buffer | 'too-large' | undefined,
  ): Promise<boolean> {
    const found = await readFolderFile(root, file);
    if ((typeof found === 'string' && found !== 'absent') || content === 'too-large') return false;
    const digest = found === 'absent' ? '' : blobDigest(found.bytes, head);
    const shown = fileAt(tree, file)?.digest ?? '';
    const wanted = to?.digest ?? '';
    const taken = files.taken.get(file);
    const isOurs = digest === shown && taken === undefined && !files.bases.has(file);
    const isStray = files.strays.get(file) === digest;
    const isLanded = taken !== undefined && taken.rawDigest === digest && isKept(file, taken.digest);
    if (digest !== wanted && !isOurs && !isStray && !isLanded) {
      files.strays.delete(file);
      if (taken === undefined && !files.bases.has(file) && shown !== wanted) files.bases.set(file, shown);
      return false;
    }
    if (digest !== wanted) await writeFolderFile(root, file, content);
    for (const some of [files.taken, files.bases, files.strays]) some.delete(file);
    return digest !== wanted && to !== undefined;
  }

  return {
    head: () => head,
    report: () => ({
      standing: teller.standing(),
      findings: [...files.findings].map(([path, why]) => ({ path, why })),
    }),
    scan: async (newest) => {
      const found = await assess();
      if (found === undefined || (found.state !== 'following' && found.state !== 'moved')) return [];
      const { look, state } = found;
      const moved = await readMovedMain(git, { main: look.main, head, newest });
      if (moved === 'ahead') return [];
      const base = moved.base === head ? tree : (await readTree(git, moved.base)).tree;
      const read = await readFolderEdits({
        git,
        blobs,
        settleMs,
        warn,
        files,
        base,
        before: tree,
        state,
        commits: moved.commits,
        head: moved.base,
        newest,
      });
      const isMoved = look.main !== head || moved.base !== head;
      const index = isMoved ? await prepareIndex(git, moved.base) : undefined;
      if (index === undefined) {
        if (!isSameLook(look, await lookAtFolder(git, look))) return [];
      } else {
        const result = await whileStill(look, ({ moveMain }) => moveMain(look.main, index, []));
        if (result === 'disturbed') return [];
      }
      const edits = await read.accept();
      [head, tree] = [moved.base, base];
      Object.assign(known, { stash: look.stash, headMark: look.headMark, wasStanding: false });
      await save();
      return edits;
    },
    update: async (newHead, newTree) => {
      const targets = new Map<string, TreeFile | undefined>(
        changesBetween(tree, newTree).map(({ path: file, to }) => [file, to]),
      );
      const { taken, bases, strays } = files;
      const landed = [...taken].flatMap(([file, { digest }]) => (isKept(file, digest) ? [file] : []));
      for (const file of [...landed, ...strays.keys()]) {
        if (!targets.has(file)) targets.set(file, fileAt(newTree, file));
      }
      if (targets.size === 0 && head === newHead) return;
      const found = await assess();
      if (found?.state !== 'following') return;
      // What the new head still holds and readers leave out from now on is not deleted: the file stays as it is.
      const without = [...targets].flatMap(([file, to]) => (to === undefined ? [file] : []));
      for (const file of await pathsHeldBy(git, newHead, without)) {
        for (const some of [targets, taken, bases, strays]) some.delete(file);
      }
      await findOldCopies(targets, newHead);
      let room = PREPARED_BYTES;
      const contents = new Map<string, Buffer | 'too-large' | undefined>();
      for (const [file, to] of targets) {
        room -= to?.sizeBytes ?? 0;
        if (room > 0) contents.set(file, await contentOf(to));
      }
      const index = await prepareIndex(git, newHead);
      const written: string[] = [];
      await whileStill(found.look, async ({ moveMain }) => {
        // Deletions first, so that a file can replace a folder.
        const isDeletion = ([, to]: readonly [string, TreeFile | undefined]): boolean => to === undefined;
        for (const some of [[...targets].filter(isDeletion), [...targets].filter((target) => !isDeletion(target))]) {
          await pMap(
            some,
            async ([file, to]) => {
              try {
                const content = contents.has(file) ? contents.get(file) : await contentOf(to);
                if (await updateFile(file, to, content)) written.push(file);
              } catch (error) {
                const shown = fileAt(tree, file)?.digest ?? '';
                if (!files.bases.has(file)) files.bases.set(file, shown);
                files.findings.set(
                  file,
                  `could not be brought up to date: ${error instanceof Error ? error.message : String(error)}`,
                );
              }
            },
            { concurrency: FILES_AT_ONCE },
          );
        }
        await moveMain(head, index, written);
        [head, tree] = [newHead, newTree];
      });
      await save();
    },
  };
}

/** The work tree of a clone without files: does nothing. */
export function withoutFiles(head: () => string): WorkTree {
  return { head, scan: async () => [], update: async () => {}, report: () => ({ standing: undefined, findings: [] }) };
}

/** What is remembered of the folder, at the commit that its files show. */
async function recall(git: Git, look: FolderLook, remoteHead: string): Promise<FolderMemory> {
  const remembered = await readFolderMemory(git.folder);
  const isKnown =
    remembered !== undefined &&
    (await git.run(['merge-base', '--is-ancestor', remembered.head, remoteHead]).then(
      () => true,
      () => false,
    ));
  if (isKnown) return remembered;
  const { stash, headMark } = look;
  return { head: await sharedHead(git, remoteHead), stash, headMark, wasStanding: false, bases: {}, findings: [] };
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
