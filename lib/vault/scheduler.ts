import { formatError, SwarmError } from '../core/errors.ts';
import { createErrorBoard } from './error-board.ts';
import type { DrainResult, Replica } from './replica.ts';
import type { EditOperation, Spool } from './spool.ts';
import type { Tidier } from './tidy.ts';
import type { VaultTiming } from './timing.ts';
import { createWakeable } from './wakeable.ts';
import type { WorkTree } from './work-tree.ts';

/** How long opening the vault waits for the first fetch. */
const READY_MS = 5_000;
/** The longest that the hub may ask to wait; a longer time, which a mistake or a stranger may have set, is cut to it. */
const LONGEST_WAIT_MS = 120_000;
/** What is typed is seen this long after the last scan at the latest. */
const LONGEST_SCAN_PAUSE_MS = 10_000;

/**
 * The hub's answer to a host that asks for its turn to push: `turn` with the function that ends it; `later` when it did not come in
 * time and is to be asked for again; `none` when the hub has no turns, and the push is made without one; `refused` when the hub takes
 * no push of this host now, and says why.
 */
export type Turn =
  | { readonly result: 'turn'; readonly end: () => Promise<void> }
  | { readonly result: 'later' | 'none' }
  | { readonly result: 'refused'; readonly reason: string; readonly waitMs: number | undefined };

/** Waits for this host's turn to push. Never rejects. */
export type TakeTurn = (signal: AbortSignal) => Promise<Turn>;

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

/**
 * The loops that change the clone. One talks to the remote: fetch and push. One looks after the folder that people open: it scans for
 * edits and shows the newest head, and never waits for the remote. Packing runs beside both.
 */
export interface Scheduler {
  /** Called when something was spooled. */
  readonly wake: () => void;
  readonly lastError: () => string | undefined;
  /** Resolves after the first pass of the loops, or after a few seconds. */
  readonly ready: Promise<void>;
  /** Pushes what it can within the time and ends the loops; `abort` must kill the running git processes. */
  readonly stop: (graceMs: number, abort: () => void) => Promise<void>;
}

/** Starts the loops. */
export function startScheduler(parts: SchedulerParts): Scheduler {
  const { replica, workTree, tidier, spool, spoolEdits, takeTurn, timing, log } = parts;
  const giveUp = new AbortController();
  const now = () => performance.now();
  const errors = createErrorBoard((message) => {
    if (!isStopping) log('warn', message);
  });
  const [remoteSleep, folderSleep] = [createWakeable(), createWakeable()];
  let isStopping = false;
  let hasFetched = false;
  let [fetchFailures, pushFailures] = [0, 0];
  let [fetchFrom, pushFrom, scanFrom, updateFrom] = [0, 0, 0, 0];
  let tidying: Promise<void> | undefined;

  const jitter = (ms: number) => ms * (0.5 + Math.random());
  /** The delay after a failure, longer after each. */
  const retryMs = (failures: number) =>
    jitter(Math.min(timing.maxRetryMs, timing.minRetryMs * 2 ** Math.min(failures, 16)));

  async function fetchHead(): Promise<boolean> {
    try {
      await replica.fetch();
    } catch (error) {
      errors.set('fetch', formatError(error));
      // Nothing can be pushed either.
      fetchFrom = now() + retryMs(fetchFailures++);
      pushFrom = Math.max(pushFrom, fetchFrom);
      return false;
    }
    if (fetchFailures > 0) log('info', "The vault's remote is back");
    errors.set('fetch', undefined);
    [fetchFailures, hasFetched] = [0, true];
    fetchFrom = now() + timing.fetchIntervalMs;
    folderSleep.wake();
    return true;
  }

  async function talkToRemote(): Promise<void> {
    const isPushDue = () => spool.pending().length > 0 && now() >= pushFrom;
    if (now() >= fetchFrom || (replica.mustFetch() && isPushDue())) {
      if (!(await fetchHead())) return;
    }
    if (spool.pending().length === 0) pushWentWell();
    if (!isPushDue()) return;
    const before = replica.head();
    try {
      const result = await drainInTurn();
      if (result === 'later') return;
      if (result === 'pushed') {
        tidier.countPush();
        fetchFrom = now() + timing.fetchIntervalMs;
        if (replica.head() !== before) pushFrom = now() + timing.minPushIntervalMs;
      }
      // Other hosts push too: the delay comes before the fetch, so that the fetched head is still the newest at the push.
      if (result === 'raced') pushFrom = now() + jitter(Math.min(400, timing.minRetryMs));
      pushWentWell();
    } catch (error) {
      errors.set('push', formatError(error));
      pushFrom = now() + Math.max(retryMs(pushFailures++), error instanceof TurnRefused ? (error.waitMs ?? 0) : 0);
    }
    folderSleep.wake();
  }

  function pushWentWell(): void {
    pushFailures = 0;
    errors.set('push', undefined);
  }

  /** Nobody else pushes during the turn, so the fetched head stays the newest and no push is rejected. */
  async function drainInTurn(): Promise<DrainResult | 'later'> {
    const turn: Turn = (await takeTurn?.(giveUp.signal)) ?? { result: 'none' };
    if (turn.result === 'refused') throw new TurnRefused(turn.reason, turn.waitMs);
    if (turn.result !== 'turn') return turn.result === 'later' ? 'later' : replica.drain();
    try {
      if (!(await fetchHead())) return 'later';
      return await replica.drain();
    } finally {
      await turn.end();
    }
  }

  async function lookForEdits(): Promise<void> {
    const started = now();
    try {
      await takeEdits(await workTree.scan(replica.head()));
      errors.set('scan', undefined);
    } catch (error) {
      errors.set('scan', formatError(error));
    }
    // Scans take a twentieth of the time, however large the vault, unless people would wait long for what they typed.
    scanFrom = now() + Math.max(timing.scanIntervalMs, Math.min(20 * (now() - started), LONGEST_SCAN_PAUSE_MS));
  }

  async function updateFiles(): Promise<void> {
    try {
      await workTree.update(replica.head(), replica.tree());
      errors.set('files', undefined);
    } catch (error) {
      errors.set('files', formatError(error));
    }
  }

  async function takeEdits(edits: readonly EditOperation[]): Promise<void> {
    if (edits.length === 0) return;
    await spoolEdits(edits);
    remoteSleep.wake();
  }

  function tidy(): void {
    if (tidying !== undefined || !tidier.isDue(spool.pending().length === 0)) return;
    tidying = tidier
      .run()
      .then(() => errors.set('packing', undefined))
      .catch((error: unknown) => errors.set('packing', formatError(error)))
      .finally(() => {
        tidying = undefined;
      });
  }

  async function drainAll(deadline: number): Promise<void> {
    [pushFrom, fetchFrom] = [0, now() + timing.fetchIntervalMs];
    while (spool.pending().length > 0 && now() < deadline) {
      const before = spool.pending().length;
      await talkToRemote();
      if (errors.has('fetch') || errors.has('push')) return;
      if (spool.pending().length < before) pushFrom = 0;
      else await pause(Math.max(1, Math.min(pushFrom, deadline) - now()));
    }
  }

  async function runRemote(): Promise<void> {
    while (!isStopping) {
      await talkToRemote();
      isContacted();
      tidy();
      if (isStopping) return;
      const next = Math.min(fetchFrom, spool.pending().length === 0 ? Number.POSITIVE_INFINITY : pushFrom);
      await remoteSleep.sleep(next - now());
    }
  }

  async function runFolder(): Promise<void> {
    await Promise.race([contacted, pause(READY_MS)]);
    while (!isStopping) {
      // Without a head newer than the files, an update that a kill cut short would look like a person's edit.
      if (now() >= scanFrom && hasFetched) await lookForEdits();
      // Each update keeps a person's git out of the folder for a moment, so there are not as many as landings.
      if (now() >= updateFrom) {
        updateFrom = now() + timing.scanIntervalMs / 2;
        await updateFiles();
      }
      isReady();
      if (isStopping) return;
      // A folder in which a person runs git is looked at again soon, though a scan may not be due for long.
      const isBehind = !hasFetched || workTree.head() !== replica.head();
      await folderSleep.sleep(isBehind ? Math.max(timing.scanIntervalMs / 2, updateFrom - now()) : scanFrom - now());
    }
  }

  let isContacted = () => {};
  const contacted = new Promise<void>((resolve) => {
    isContacted = resolve;
  });
  let isReady = () => {};
  const looked = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const ended = Promise.all([runRemote(), runFolder()]);
  return {
    // The first write of a batch waits for others.
    wake: () => remoteSleep.wakeIn(Math.max(timing.gatherMs, pushFrom - now())),
    lastError: errors.last,
    ready: Promise.race([looked, pause(READY_MS)]),
    stop: async (graceMs, abort) => {
      const deadline = now() + graceMs;
      isStopping = true;
      isContacted();
      isReady();
      remoteSleep.wake();
      folderSleep.wake();
      const finish = ended.then(() => drainAll(deadline)).then(updateFiles);
      await Promise.race([finish, pause(graceMs)]);
      giveUp.abort();
      abort();
      await finish;
      await tidying;
    },
  };
}

/** The hub takes no push of this host now. */
class TurnRefused extends SwarmError {
  readonly waitMs: number | undefined;

  constructor(reason: string, waitMs: number | undefined) {
    super({
      code: 'vault/push-refused',
      disposition: 'wait',
      message: `The vault's remote takes no push now: ${reason}`,
      next: 'Writes stay in the spool and are pushed when the reason is gone.',
    });
    this.waitMs = waitMs === undefined ? undefined : Math.min(waitMs, LONGEST_WAIT_MS);
  }
}

/** Waits without keeping the process alive. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
