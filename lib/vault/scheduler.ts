import { formatError } from '../core/errors.ts';
import type { DrainResult, Replica } from './replica.ts';
import type { EditOperation, Spool } from './spool.ts';
import type { Tidier } from './tidy.ts';
import type { VaultTiming } from './timing.ts';
import type { WorkTree } from './work-tree.ts';

/** How long opening the vault waits for the first fetch. */
const READY_MS = 5_000;

/**
 * Waits for this host's turn to push and returns the function that ends it. Undefined when the hub has no turns or none came
 * in time: then the push is made without one. Never rejects.
 */
export type TakeTurn = (signal: AbortSignal) => Promise<(() => Promise<void>) | undefined>;

/** What the scheduler drives. */
export interface SchedulerParts {
  readonly replica: Replica;
  readonly workTree: WorkTree;
  readonly spool: Spool;
  readonly tidier: Tidier;
  readonly spoolEdits: (edits: readonly EditOperation[]) => Promise<void>;
  readonly takeTurn: TakeTurn | undefined;
  readonly timing: VaultTiming;
  readonly log: (level: 'info' | 'warn', message: string) => void;
}

/** The only loop that changes the clone: fetch, scan for edits, push, update the work tree. */
export interface Scheduler {
  /** Called when something was spooled. */
  readonly wake: () => void;
  readonly lastError: () => string | undefined;
  /** Resolves after the first pass of the loop, or after a few seconds. */
  readonly ready: Promise<void>;
  /** Pushes what it can within the time and ends the loop; `abort` must kill the running git processes. */
  readonly stop: (graceMs: number, abort: () => void) => Promise<void>;
}

/** Starts the loop. */
export function startScheduler(parts: SchedulerParts): Scheduler {
  const { replica, workTree, tidier, spool, spoolEdits, takeTurn, timing, log } = parts;
  const giveUp = new AbortController();
  const now = () => performance.now();
  let isStopping = false;
  let wakeUp = () => {};
  let lastError: string | undefined;
  let failures = 0;
  let [remoteFrom, pushFrom, fetchFrom, scanFrom] = [0, 0, 0, 0];

  const jitter = (ms: number) => ms * (0.5 + Math.random());

  function failed(error: unknown): void {
    const message = formatError(error);
    if (message !== lastError && !isStopping) log('warn', message);
    lastError = message;
  }

  /** Delays the next contact with the remote, longer after each failure. */
  function backOff(): void {
    const wait = Math.min(timing.maxRetryMs, timing.minRetryMs * 2 ** Math.min(failures, 16));
    failures += 1;
    remoteFrom = now() + jitter(wait);
  }

  async function talkToRemote(): Promise<void> {
    try {
      if (replica.mustFetch() || now() >= fetchFrom) {
        await replica.fetch();
        fetchFrom = now() + timing.fetchIntervalMs;
        if (failures > 0) log('info', "The vault's remote is back");
        [failures, lastError] = [0, undefined];
      }
      if (spool.pending().length === 0 || now() < pushFrom) return;
      const before = replica.head();
      const result = await drainInTurn();
      if (result === 'pushed') {
        tidier.countPush();
        fetchFrom = now() + timing.fetchIntervalMs;
        if (replica.head() !== before) pushFrom = now() + timing.minPushIntervalMs;
      }
      // Other hosts push too: the delay comes before the fetch, so that the fetched head is still the newest at the push.
      if (result === 'raced') remoteFrom = now() + jitter(Math.min(400, timing.minRetryMs));
    } catch (error) {
      failed(error);
      backOff();
    }
  }

  /** Nobody else pushes during the turn, so the fetched head stays the newest and no push is rejected. */
  async function drainInTurn(): Promise<DrainResult> {
    const endTurn = await takeTurn?.(giveUp.signal);
    if (endTurn === undefined) return replica.drain();
    try {
      await replica.fetch();
      return await replica.drain();
    } finally {
      await endTurn();
    }
  }

  async function lookForEdits(): Promise<void> {
    const started = now();
    try {
      await spoolEdits(await workTree.scan(replica.head()));
    } catch (error) {
      failed(error);
    }
    // Scans take at most a twentieth of the time, however large the vault.
    scanFrom = now() + Math.max(timing.scanIntervalMs, 20 * (now() - started));
  }

  async function updateFiles(): Promise<void> {
    try {
      await spoolEdits(await workTree.update(replica.head(), replica.tree()));
    } catch (error) {
      failed(error);
    }
  }

  async function runTidier(): Promise<void> {
    try {
      await tidier.run();
    } catch (error) {
      failed(error);
    }
  }

  function waitMs(): number {
    const remote = Math.max(remoteFrom, Math.min(fetchFrom, spool.pending().length === 0 ? Infinity : pushFrom));
    return Math.max(0, Math.min(remote, replica.mustFetch() ? Infinity : scanFrom) - now());
  }

  async function sleep(ms: number): Promise<void> {
    if (isStopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wakeUp = () => {};
  }

  async function drainAll(deadline: number): Promise<void> {
    [pushFrom, remoteFrom] = [0, 0];
    while (spool.pending().length > 0 && now() < deadline) {
      await talkToRemote();
      if (remoteFrom > now()) return;
      pushFrom = 0;
    }
  }

  async function run(): Promise<void> {
    while (!isStopping) {
      if (now() >= remoteFrom) await talkToRemote();
      if (isStopping) return;
      // Without the newest head, an update that a kill cut short would look like a person's edit.
      if (now() >= scanFrom && !replica.mustFetch()) await lookForEdits();
      await updateFiles();
      isReady();
      if (tidier.isDue(spool.pending().length === 0)) await runTidier();
      await sleep(waitMs());
    }
  }

  let isReady = () => {};
  const looked = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const ended = run();
  return {
    wake: () => {
      const due = Math.max(pushFrom, remoteFrom) - now();
      setTimeout(() => wakeUp(), Math.max(timing.gatherMs, due)).unref();
    },
    lastError: () => lastError,
    ready: Promise.race([looked, pause(READY_MS)]),
    stop: async (graceMs, abort) => {
      const deadline = now() + graceMs;
      isStopping = true;
      isReady();
      wakeUp();
      const finish = ended.then(() => drainAll(deadline)).then(updateFiles);
      await Promise.race([finish, pause(graceMs)]);
      giveUp.abort();
      abort();
      await finish;
    },
  };
}

/** Waits without keeping the process alive. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
