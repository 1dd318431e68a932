import { LRUCache } from 'lru-cache';
import { formatError, SwarmError, withoutUrls } from '../core/errors.ts';
import type { NoteProblem } from '../core/note.ts';
import type { WriteReceipt } from '../core/vault.ts';
import { newCommit, takeBatch } from './batch.ts';
import type { BlobReader } from './blob-reader.ts';
import { importCommits, type NewCommit } from './fast-import.ts';
import { type Git, HOST_REMOTE, TRACKING } from './git.ts';
import { isCutShort } from './git-child.ts';
import { advanceTree, type GitTree, moveTree, readTree, treeProblems, withLeftOut } from './git-tree.ts';
import { lastAuthorOf, type PastCommit, readHistory } from './history.ts';
import { isTopPage, writerOf } from './paths.ts';
import { pushCommit, reasonOf } from './push.ts';
import { type Replayed, replayWrite } from './replay.ts';
import type { Spool, SpooledWrite } from './spool.ts';
import { changesBetween, fileAt, type Tree, type TreeFile } from './tree.ts';
import { createWarmFiles } from './warm-files.ts';

const MAX_BATCH = 500;
/** How many commits are read at the start to know the last author of each path. */
const REMEMBERED_COMMITS = 1000;
/** The paths whose last author is kept in memory: strangers choose how many there ever are, and git knows the others. */
const REMEMBERED_AUTHORS = 20_000;
type Authors = LRUCache<string, string>;

/** The result of one attempt to push what is spooled. */
export type DrainResult = 'empty' | 'pushed' | 'raced' | 'declined';

/** The newest known head of the remote, with fetch and push. Calls must not overlap. */
export interface Replica {
  readonly head: () => string;
  readonly tree: () => Tree;
  /** What of the head is not read. */
  readonly problems: () => readonly NoteProblem[];
  /** Whether a fetch is needed before the next push: at the start, and after a push whose result is unknown. */
  readonly mustFetch: () => boolean;
  /** Fetches, and finds writes of this host that were pushed. @throws SwarmError `vault/remote-unreachable`. */
  readonly fetch: () => Promise<void>;
  /**
   * Commits and pushes a batch of what is spooled; after a failure, a smaller one.
   * @throws SwarmError `vault/push-failed`, `vault/push-refused`, `vault/ref-locked`, or what running git throws.
   */
  readonly drain: () => Promise<DrainResult>;
}

/** What the replica needs and the callbacks that it calls. */
export interface ReplicaParts {
  readonly git: Git;
  readonly spool: Spool;
  readonly blobs: BlobReader;
  readonly onMoved: (head: string, paths: readonly string[]) => void;
  readonly onPushed: (receipts: readonly WriteReceipt[]) => void;
  readonly onRejected: (id: string, code: string, reason: string) => void;
}

/** Opens the replica at the head that was fetched last. */
export async function openReplica({
  git,
  spool,
  blobs,
  onMoved,
  onPushed,
  onRejected,
}: ReplicaParts): Promise<Replica> {
  let head = (await git.run(['rev-parse', '--verify', TRACKING])).trim();
  let current: GitTree = await readTree(git, head);
  const authors: Authors = new LRUCache({ max: REMEMBERED_AUTHORS });
  let unchecked = spool.pending()[0]?.base;
  let mustFetch = true;
  let limit = MAX_BATCH;
  let failures = 0;
  const warm = createWarmFiles();
  let candidates = new Map<string, WriteReceipt>();
  remember(authors, await readHistory(git, ['-n', String(REMEMBERED_COMMITS), head]));

  async function settle(receipts: readonly WriteReceipt[]): Promise<void> {
    if (receipts.length === 0) return;
    await spool.settle(receipts);
    onPushed(receipts);
  }

  async function advance(next: string): Promise<void> {
    const from = unchecked ?? head;
    const range = await knownRange(git, from, next);
    const commits = from === next ? [] : await readHistory(git, range);
    const moved = next === head ? current : await moveTree(git, current, head, next);
    const paths = changesBetween(current.tree, moved.tree).map(({ path }) => path);
    remember(authors, commits);
    const touched = new Set(commits.flatMap((commit) => commit.paths));
    for (const path of paths) if (!touched.has(path)) authors.delete(path);
    const pushed = findPushed(commits, spool.pending(), candidates);
    const isMoved = next !== head;
    [head, current, unchecked] = [next, moved, undefined];
    await settle(pushed);
    if (isMoved) onMoved(head, paths);
  }

  async function lastAuthor(path: string): Promise<string | undefined> {
    const known = authors.get(path);
    if (known !== undefined) return known;
    const author = await lastAuthorOf(git, head, path);
    if (author !== undefined) authors.set(path, author);
    return author;
  }

  async function replayBatch(batch: readonly SpooledWrite[]): Promise<readonly [SpooledWrite, Replayed][]> {
    const targets = batch.flatMap(({ write }) => write.operations.map(({ path }) => path));
    let tree = await withLeftOut(git, current, head, targets);
    const replayed: [SpooledWrite, Replayed][] = [];
    const written = new Map<string, string>();
    const ports = {
      read: (file: TreeFile) => readFile(blobs, file),
      lastAuthor: async (path: string) => written.get(path) ?? lastAuthor(path),
      like: head,
    };
    for (const spooled of batch) {
      try {
        const result = await replayWrite(tree, spooled.write, ports);
        tree = result.tree;
        for (const path of result.paths) written.set(path, writerOf(spooled.write, path));
        replayed.push([spooled, result]);
      } catch (error) {
        if (!(error instanceof SwarmError) || error.disposition !== 'stop') throw error;
        await spool.reject(spooled.write.id, `${error.code}: ${error.message}`);
        onRejected(spooled.write.id, error.code, error.message);
      }
    }
    return replayed;
  }

  async function pushReplayed(
    replayed: readonly [SpooledWrite, Replayed][],
    commits: readonly NewCommit[],
  ): Promise<DrainResult> {
    const ids = commits.length === 0 ? [] : await importCommits(git, head, commits);
    // A write that changes nothing gets the commit before it in its receipt.
    let commit = head;
    let next = 0;
    const receipts = replayed.map(([{ write }, { paths, saved }]): WriteReceipt => {
      if (paths.length > 0) commit = ids[next++] ?? commit;
      return { id: write.id, commit, saved };
    });
    candidates = new Map(receipts.map((receipt) => [receipt.id, receipt]));
    if (commits.length > 0) {
      const outcome = await pushCommit(git, commit);
      if (outcome.result === 'declined') return decline(commits, outcome.detail);
      if (outcome.result !== 'pushed') mustFetch = true;
      if (outcome.result === 'raced') return 'raced';
      if (outcome.result === 'locked') throw refLocked(outcome.detail);
      if (outcome.result === 'refused') throw pushRefused(outcome.detail);
      if (outcome.result === 'failed') throw pushFailed(outcome.detail);
    }
    limit = Math.min(MAX_BATCH, limit * 2);
    const after = replayed.at(-1)?.[1].tree ?? current.tree;
    const paths = changesBetween(current.tree, after).map(({ path }) => path);
    for (const [{ write }, result] of replayed)
      for (const path of result.paths) authors.set(path, writerOf(write, path));
    const advanced = await advanceTree(git, current, after, commit);
    [head, current] = [commit, advanced];
    for (const path of paths) {
      const file = fileAt(after, path);
      if (file !== undefined && !isTopPage(path)) warm.add(file);
    }
    await settle(receipts);
    if (commits.length > 0) onMoved(head, paths);
    return 'pushed';
  }

  async function decline(commits: readonly NewCommit[], detail: string): Promise<DrainResult> {
    const [only, ...others] = commits;
    if (only === undefined || others.length > 0) {
      limit = Math.max(1, Math.floor(commits.length / 2));
      return 'declined';
    }
    await spool.reject(only.writeId, `vault/declined: ${detail}`);
    onRejected(only.writeId, 'vault/declined', detail);
    return 'declined';
  }

  return {
    head: () => head,
    tree: () => current.tree,
    problems: () => treeProblems(current),
    mustFetch: () => mustFetch,
    fetch: async () => {
      try {
        await git.run(['fetch', '--quiet', '--no-tags', HOST_REMOTE, `+refs/heads/main:${TRACKING}`]);
      } catch (cause) {
        mustFetch = true;
        throw unreachable(cause);
      }
      await advance((await git.run(['rev-parse', '--verify', TRACKING])).trim());
      mustFetch = false;
    },
    drain: async () => {
      const batch = takeBatch(spool.pending(), limit);
      if (batch.length === 0) return 'empty';
      try {
        const replayed = await replayBatch(batch);
        const commits = replayed.flatMap(([spooled, result]) => {
          if (result.paths.length === 0) return [];
          return [newCommit(spooled, result)];
        });
        const result = await pushReplayed(replayed, commits);
        failures = 0;
        return result;
      } catch (error) {
        // What took too long is not tried again as large as it was, nor what failed again though the remote can be reached: it was
        // fetched in between. A remote that takes no push takes no smaller one either.
        failures += 1;
        if (!isRefusal(error) && (failures > 1 || isCutShort(error))) limit = Math.max(1, Math.floor(batch.length / 2));
        throw error;
      }
    },
  };
}

function findPushed(
  commits: readonly PastCommit[],
  pending: readonly SpooledWrite[],
  candidates: ReadonlyMap<string, WriteReceipt>,
): readonly WriteReceipt[] {
  const byId = new Map(commits.map((commit) => [commit.writeId, commit]));
  return pending.flatMap(({ write }): readonly WriteReceipt[] => {
    const commit = byId.get(write.id);
    if (commit === undefined || commit.author !== write.author) return [];
    const candidate = candidates.get(write.id);
    return [{ id: write.id, commit: commit.id, saved: candidate?.commit === commit.id ? candidate.saved : [] }];
  });
}

/** The range of commits of `next` that `from` doesn't have; the newest ones when `from` is unknown (another clone, rewritten history). */
async function knownRange(git: Git, from: string, next: string): Promise<readonly string[]> {
  const isKnown = await git.run(['cat-file', '-e', `${from}^{commit}`]).then(
    () => true,
    () => false,
  );
  return isKnown ? [`${from}..${next}`] : ['-n', '20000', next];
}

function remember(authors: Authors, newestFirst: readonly PastCommit[]): void {
  for (const commit of [...newestFirst].reverse())
    for (const path of commit.paths) authors.set(path, writerOf(commit, path));
}

async function readFile(blobs: BlobReader, file: TreeFile): Promise<Buffer> {
  if (file.content instanceof Buffer) return file.content;
  const blob = await blobs.read(file.digest);
  return blob === 'too-large' ? Buffer.alloc(0) : blob;
}

function unreachable(cause: unknown): SwarmError {
  return new SwarmError({
    code: 'vault/remote-unreachable',
    disposition: 'wait',
    message: `The vault's remote can't be reached: ${explain(cause)}`,
    next: 'Writes stay in the spool and are pushed when the remote is back.',
    cause,
  });
}

function explain(cause: unknown): string {
  return cause instanceof SwarmError || !(cause instanceof Error)
    ? formatError(cause)
    : withoutUrls(reasonOf(cause.message));
}

function isRefusal(error: unknown): boolean {
  return error instanceof SwarmError && (error.code === 'vault/push-refused' || error.code === 'vault/ref-locked');
}

function pushFailed(detail: string): SwarmError {
  return new SwarmError({
    code: 'vault/push-failed',
    disposition: 'wait',
    message: `A push to the vault's remote failed: ${withoutUrls(detail)}`,
    next: 'The remote is fetched and the push is tried again.',
  });
}

function pushRefused(detail: string): SwarmError {
  return new SwarmError({
    code: 'vault/push-refused',
    disposition: 'wait',
    message: `The vault's remote takes no push now: ${withoutUrls(detail)}`,
    next: 'Writes stay in the spool and are pushed when the reason is gone.',
  });
}

function refLocked(detail: string): SwarmError {
  return new SwarmError({
    code: 'vault/ref-locked',
    disposition: 'wait',
    message: `The vault's remote can't lock its branch main: ${withoutUrls(detail)}`,
    next: 'The push is tried again. If it stays so, see the remote: its disk, its rights, and whether a git runs there; if none does, remove the lock.',
  });
}
