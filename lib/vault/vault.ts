import path from 'node:path';
import { formatError } from '../core/errors.ts';
import type { VaultIndex, VaultReader, VaultWrite, VaultWriter, WriteReceipt } from '../core/vault.ts';
import { takeOwnership } from '../files/owner-lock.ts';
import { createBlobReader } from './blob-reader.ts';
import { checkWrite } from './check-write.ts';
import { openClone } from './clone.ts';
import { closedError } from './closed-error.ts';
import { createEditSpooler } from './edit-spooler.ts';
import type { FolderReport } from './folder-memory.ts';
import { createGit } from './git.ts';
import { writeGitConfig } from './git-config.ts';
import { createNoteCache } from './note-cache.ts';
import { type IndexPlace, openNoteIndex } from './note-index.ts';
import type { Kind } from './parsed-note.ts';
import { createReader } from './reader.ts';
import { openReplica } from './replica.ts';
import { startScheduler, type TakeTurn } from './scheduler.ts';
import { type EditOperation, openSpool } from './spool.ts';
import { createTidier } from './tidy.ts';
import { TIMING, type VaultTiming } from './timing.ts';
import { openWorkTree, withoutFiles } from './work-tree.ts';
import { createWriteWaiters } from './write-waiters.ts';

/** Where the vault is and how it is opened. */
export interface VaultOptions {
  /** The clone that people open in Obsidian; created when absent. */
  readonly workTree: string;
  readonly remoteUrl: string;
  /** The folder of writes that are not pushed yet. One process uses it at a time. */
  readonly spoolDir: string;
  /** The minimum time between two pushes, so that people and other hosts can push. */
  readonly minPushIntervalMs?: number;
  /**
   * Git settings, as in `http.sslCAInfo`. They may be secret: they are written to a file beside the spool that only this
   * user may read, never to arguments or the environment.
   */
  readonly gitConfig?: Readonly<Record<string, string>>;
  /** Whether the remote is a repository on this disk that only this host packs. */
  readonly isRemoteOwn?: boolean;
  /** How the hosts of a fleet take turns at pushing; without it each pushes at any time and tries again after a race. */
  readonly takeTurn?: TakeTurn;
  /** False for a clone that nobody opens: no files are checked out, no edits are scanned for, and the history is shallow. */
  readonly hasFiles?: boolean;
  /** The kinds of notes to parse as they arrive. Others are parsed when asked for, which is slow. */
  readonly kinds?: readonly Kind[];
  /** Where the parsed notes of these kinds are stored, for the next start and for commands. */
  readonly index?: IndexPlace;
  /** Called with what people typed in the opened folder, once it is in the spool. */
  readonly onTyped?: (edits: readonly TypedEdit[]) => void;
  readonly timing?: Partial<VaultTiming>;
  /** Closes the vault when it aborts. */
  readonly signal?: AbortSignal;
  readonly log?: (level: 'info' | 'warn', message: string) => void;
}

/** What a person typed in the opened folder: the text of a file, and the blob id of the version before. Undefined for an absent file. */
export interface TypedEdit {
  readonly path: string;
  readonly base: string | undefined;
  readonly text: string | undefined;
}

/** How the vault compares with its remote. */
export interface VaultStatus {
  /** The head that the work tree shows. */
  readonly head: string;
  /** The remote's head at the last fetch or push. */
  readonly remoteHead: string;
  /** The number of this host's writes that are not pushed. */
  readonly spooled: number;
  /** How many commits the work tree is behind and ahead of the remote. */
  readonly behind: number;
  readonly ahead: number;
  readonly lastError: string | undefined;
  /** Why the opened folder stands still, and which of its files are not in the vault. */
  readonly folder: FolderReport;
}

/** The host's vault: one writer, one reader, one work tree. */
export interface Vault extends VaultWriter, VaultReader {
  /** Calls the listener at every new head, whoever pushed it. Returns the function that stops it. */
  readonly watch: (
    listener: (change: { readonly head: string; readonly paths: readonly string[] }) => void,
  ) => () => void;
  readonly status: () => Promise<VaultStatus>;
  /** Pushes what it can within a few seconds and stops; the next start pushes the rest. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the vault of this host. Needs the remote only when there is no clone yet.
 * @throws SwarmError `vault/in-use`, `vault/remote-unreachable` or `vault/not-a-clone`.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const log = options.log ?? (() => {});
  const timing: VaultTiming = {
    ...TIMING,
    ...options.timing,
    ...(options.minPushIntervalMs === undefined ? {} : { minPushIntervalMs: options.minPushIntervalMs }),
  };
  const ended = new AbortController();
  const releases: (() => Promise<void>)[] = [];
  const release = async () => {
    for (const releaseOne of releases.splice(0).reverse()) await releaseOne();
  };

  try {
    releases.push(await takeOwnership(path.join(options.spoolDir, 'owner')));
    const configFile =
      options.gitConfig === undefined
        ? undefined
        : await writeGitConfig(path.resolve(options.spoolDir, 'git-config'), options.gitConfig);
    const { hasFiles = true } = options;
    const git = await openClone(options.workTree, options.remoteUrl, {
      signal: ended.signal,
      silenceMs: timing.gitSilenceMs,
      configFile,
      hasFiles,
    });
    releases.push(await takeOwnership(path.join(options.workTree, '.git', 'karmakadabra-owner')));
    const blobs = createBlobReader(git, timing.gitSilenceMs);
    releases.push(async () => blobs.close());
    const spool = await openSpool(options.spoolDir);
    const waiters = createWriteWaiters(spool);
    const listeners = new Set<Parameters<Vault['watch']>[0]>();

    const replica = await openReplica({
      git,
      spool,
      blobs,
      onPushed: (receipts) => {
        for (const { saved } of receipts) {
          if (saved.length > 0)
            log('warn', `What a person typed met a newer version and is kept in ${saved.join(', ')}`);
        }
        waiters.resolve(receipts);
      },
      onRejected: (id, code, reason) => {
        log(
          'warn',
          `The write ${id} can't be pushed and was moved to ${path.join(options.spoolDir, 'rejected')}: ${reason}`,
        );
        waiters.reject(id, code, reason);
      },
      onMoved: (head, paths) => {
        for (const listener of listeners) {
          try {
            listener({ head, paths });
          } catch (error) {
            log('warn', `A watcher of the vault failed: ${formatError(error)}`);
          }
        }
      },
    });
    const edits = createEditSpooler(spool, () => replica.head());
    const warn = (message: string) => log('warn', message);
    const workTree = hasFiles
      ? await openWorkTree({ git, blobs, isKept: edits.isKept, warn, settleMs: timing.settleMs }, replica.head())
      : withoutFiles(replica.head);
    const { kinds } = options;
    const index = options.index === undefined ? undefined : await openNoteIndex(options.index, kinds ?? [], warn);
    if (index !== undefined) releases.push(index.close);
    const cache = createNoteCache({
      blobs,
      texts: kinds === undefined ? 'all' : 'top',
      ...(kinds === undefined ? {} : { kinds }),
      ...(index === undefined ? {} : { index }),
    });
    const reader = createReader(replica, spool, blobs, cache);

    const tidied = options.isRemoteOwn === true ? [git, createGit(options.remoteUrl, { signal: ended.signal })] : [git];
    const tidier = await createTidier(tidied);
    const { takeTurn } = options;
    const spoolEdits = async (typed: readonly EditOperation[]): Promise<void> => {
      await edits.add(typed);
      if (typed.length > 0) options.onTyped?.(typed.map(typedEdit));
    };
    const parts = { replica, workTree, tidier, spool, spoolEdits, takeTurn, timing, log };
    const scheduler = startScheduler(parts);
    await scheduler.ready;
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= (async () => {
        await scheduler.stop(timing.closeMs, () => ended.abort());
        waiters.close();
        await release();
      })();
      return closing;
    };
    options.signal?.addEventListener('abort', () => void close().catch(() => {}), { once: true });
    if (options.signal?.aborted === true) await close();

    return {
      write: async (write: VaultWrite) => {
        if (closing !== undefined) throw closedError();
        checkWrite(write);
        if (waiters.isKnown(write.id)) return;
        await spool.add(write, replica.head(), Math.floor(Date.now() / 1000));
        scheduler.wake();
      },
      landed: (id: string): Promise<WriteReceipt> => waiters.wait(id),
      read: (): Promise<VaultIndex> => reader.read(),
      watch: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      status: async () => {
        const [head, remoteHead] = [workTree.head(), replica.head()];
        const counts =
          head === remoteHead
            ? '0\t0'
            : await git.run(['rev-list', '--left-right', '--count', `${head}...${remoteHead}`]);
        const [ahead = 0, behind = 0] = counts.trim().split('\t').map(Number);
        const [spooled, lastError, folder] = [spool.pending().length, scheduler.lastError(), workTree.report()];
        return { head, remoteHead, spooled, behind, ahead, lastError, folder };
      },
      close,
    };
  } catch (error) {
    ended.abort();
    await release().catch((failure: unknown) => log('warn', formatError(failure)));
    throw error;
  }
}

function typedEdit({ path: file, base, content }: EditOperation): TypedEdit {
  const text = content === null ? undefined : Buffer.from(content, 'base64').toString('utf8');
  return { path: file, base: base ?? undefined, text };
}
