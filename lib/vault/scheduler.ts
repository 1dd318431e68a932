import { formatError } from '../core/errors.ts';
import type { DrainResult, Replica } from './replica.ts';
import type { EditOperation, Spool } from './spool.ts';
import type { Tidier } from './tidy.ts';
import type { VaultTiming } from './timing.ts';
import type { WorkTree } from './work-tree.ts';

/** How long opening waits for the first look at the remote. */
const READY_MS = 5_000;

/**
 * Waits for this host's turn to push and gives the function that ends it; undefined when there are no turns or it
 * didn't come: then it is pushed as if there were none. Never rejects.
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

/** The one loop in which git changes anything: fetch, scan, drain, update. */
export interface Scheduler {
  /** Says that something was spooled. */
  readonly wake: () => void;
  readonly lastError: () => string | undefined;
  /** Resolves once the remote and the work tree were looked at, or after a few seconds. */
  readonly ready: Promise<void>;
  /** Lands what it can within a time and ends the loop; `abort` must end the git processes that run. */
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

  /** Waits, each time longer, before the remote is spoken to again. */
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
      if (result === 'landed') {
        tidier.countPush();
        fetchFrom = now() + timing.fetchIntervalMs;
        if (replica.head() !== before) pushFrom = now() + timing.minPushIntervalMs;
      }
      // Others are pushing too: the sleep comes before the fetch, so that what is fetched is fresh when it is pushed on.
      if (result === 'raced') remoteFrom = now() + jitter(Math.min(400, timing.minRetryMs));
    } catch (error) {
      failed(error);
      backOff();
    }
  }

  /** What is fetched in turn stays the newest until it is pushed on, so nobody is rejected however many there are. */
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
    // At most a twentieth of the time is spent looking, however large the vault.
    scanFrom = now() + Math.max(timing.scanIntervalMs, 20 * (now() - started));
  }

  async function show(): Promise<void> {
    try {
      await spoolEdits(await workTree.update(replica.head(), replica.tree()));
    } catch (error) {
      failed(error);
    }
  }

  async function tidy(): Promise<void> {
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

  async function land(deadline: number): Promise<void> {
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
      // Only who knows the newest head can tell a person's edit from an update that a kill cut short.
      if (now() >= scanFrom && !replica.mustFetch()) await lookForEdits();
      await show();
      isReady();
      if (tidier.isDue(spool.pending().length === 0)) await tidy();
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
      const finish = ended.then(() => land(deadline)).then(show);
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
