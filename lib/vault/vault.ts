import path from 'node:path';
import { formatError } from '../core/errors.ts';
import type { VaultIndex, VaultReader, VaultWrite, VaultWriter, WriteReceipt } from '../core/vault.ts';
import { takeOwnership } from '../files/owner-lock.ts';
import { createBlobReader } from './blob-reader.ts';
import { checkWrite } from './check-write.ts';
import { openClone } from './clone.ts';
import { closedError } from './closed-error.ts';
import { createEditSpooler } from './edit-spooler.ts';
import { writeGitConfig } from './git-config.ts';
import { createLandings } from './landings.ts';
import { createNoteCache } from './note-cache.ts';
import { type IndexPlace, openNoteIndex } from './note-index.ts';
import type { Kind } from './parsed-note.ts';
import { createReader } from './reader.ts';
import { openReplica } from './replica.ts';
import { startScheduler, type TakeTurn } from './scheduler.ts';
import { openSpool } from './spool.ts';
import { createTidier } from './tidy.ts';
import { TIMING, type VaultTiming } from './timing.ts';
import { openWorkTree, withoutFiles } from './work-tree.ts';

/** Where the vault is and how fast it moves. */
export interface VaultOptions {
  /** The clone that people open in Obsidian; made when absent. */
  readonly workTree: string;
  readonly remoteUrl: string;
  /** Where writes wait until they landed. One process uses it at a time. */
  readonly spoolDir: string;
  /** The least time between two pushes that land: room for people and other hosts. */
  readonly minPushIntervalMs?: number;
  /**
   * Settings for git alone, as in `http.sslCAInfo`. They may be secret: they are kept in a file beside the spool that
   * only this user reads, and appear in no argument and no environment.
   */
  readonly gitConfig?: Readonly<Record<string, string>>;
  /** Where writers of many hosts take turns at pushing; without it they push when they like and try again. */
  readonly takeTurn?: TakeTurn;
  /** False for a clone that nobody opens: no files are checked out, no edits are looked for, history is kept short. */
  readonly hasFiles?: boolean;
  /** The kinds of notes that will be asked for: they are parsed as they come. Others are read when asked for, which takes long. */
  readonly kinds?: readonly Kind[];
  /** Where what was parsed of these kinds is kept, for the next start and for those who look from outside. */
  readonly index?: IndexPlace;
  readonly timing?: Partial<VaultTiming>;
  /** Closes the vault when it aborts. */
  readonly signal?: AbortSignal;
  readonly log?: (level: 'info' | 'warn', message: string) => void;
}

/** How the vault stands to its remote. */
export interface VaultStatus {
  /** What the work tree shows. */
  readonly head: string;
  /** The remote's head when it was last seen. */
  readonly remoteHead: string;
  /** Writes of this host that have not landed. */
  readonly spooled: number;
  /** Commits of the remote that the work tree doesn't show, and the other way round. */
  readonly behind: number;
  readonly ahead: number;
  readonly lastError: string | undefined;
}

/** The host's vault: one writer, one reader, one work tree. */
export interface Vault extends VaultWriter, VaultReader {
  /** Tells of every new head, whoever made it. Gives the function that stops it. */
  readonly watch: (
    listener: (change: { readonly head: string; readonly paths: readonly string[] }) => void,
  ) => () => void;
  readonly status: () => Promise<VaultStatus>;
  /** Lands what it can within a few seconds and stops; what is left is landed by the next start. */
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
  const giveBack: (() => Promise<void>)[] = [];
  const release = async () => {
    for (const back of giveBack.splice(0).reverse()) await back();
  };

  try {
    giveBack.push(await takeOwnership(path.join(options.spoolDir, 'owner')));
    const configFile =
      options.gitConfig === undefined
        ? undefined
        : await writeGitConfig(path.resolve(options.spoolDir, 'git-config'), options.gitConfig);
    const { hasFiles = true } = options;
    const git = await openClone(options.workTree, options.remoteUrl, { signal: ended.signal, configFile, hasFiles });
    giveBack.push(await takeOwnership(path.join(options.workTree, '.git', 'karmakadabra-owner')));
    const blobs = createBlobReader(git);
    giveBack.push(async () => blobs.close());
    const spool = await openSpool(options.spoolDir);
    const landings = createLandings(spool);
    const listeners = new Set<Parameters<Vault['watch']>[0]>();

    const replica = await openReplica({
      git,
      spool,
      blobs,
      onLanded: (receipts) => landings.resolve(receipts),
      onRejected: (id, code, reason) => {
        log(
          'warn',
          `The write ${id} can't land and was set aside in ${path.join(options.spoolDir, 'rejected')}: ${reason}`,
        );
        landings.reject(id, code, reason);
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
      ? await openWorkTree({ git, blobs, isKept: edits.isKept, warn }, replica.head())
      : withoutFiles(replica.head);
    const { kinds } = options;
    const index = options.index === undefined ? undefined : await openNoteIndex(options.index, kinds ?? [], warn);
    if (index !== undefined) giveBack.push(index.close);
    const cache = createNoteCache({
      blobs,
      texts: kinds === undefined ? 'all' : 'top',
      ...(kinds === undefined ? {} : { kinds }),
      ...(index === undefined ? {} : { index }),
    });
    const reader = createReader(replica, spool, blobs, cache);

    const tidier = await createTidier(git);
    const { takeTurn } = options;
    const parts = { replica, workTree, tidier, spool, spoolEdits: edits.add, takeTurn, timing, log };
    const scheduler = startScheduler(parts);
    await scheduler.ready;
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= (async () => {
        await scheduler.stop(timing.closeMs, () => ended.abort());
        landings.close();
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
        if (landings.isKnown(write.id)) return;
        await spool.add(write, replica.head(), Math.floor(Date.now() / 1000));
        scheduler.wake();
      },
      landed: (id: string): Promise<WriteReceipt> => landings.wait(id),
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
        return { head, remoteHead, spooled: spool.pending().length, behind, ahead, lastError: scheduler.lastError() };
      },
      close,
    };
  } catch (error) {
    ended.abort();
    await release().catch((failure: unknown) => log('warn', formatError(failure)));
    throw error;
  }
}
