import { formatError } from '../core/errors.ts';
import { runGit } from './git-run.ts';

/** Packs the repository's objects. Git's own maintenance is off, since it would run in the middle of a push. */
export interface Maintenance {
  readonly countPush: () => void;
  readonly stop: () => Promise<void>;
}

/** After so many pushes the repository is packed, as soon as no git runs; after four times as many also while one runs. */
const PUSHES_A_PACK = 500;
const CHECK_MS = 60_000;
/** After so long it is packed however few the pushes were. */
const MAX_AGE_MS = 3_600_000;
const PACK_TIMEOUT_MS = 600_000;

/** Starts packing now and then what was pushed. */
export function startMaintenance(repository: string, isIdle: () => boolean, log: (line: string) => void): Maintenance {
  let pushes = 0;
  let lastMs = performance.now();
  let running: Promise<void> = Promise.resolve();
  const stopping = new AbortController();
  let isRunning = false;

  async function pack(): Promise<void> {
    const count = pushes;
    [pushes, lastMs, isRunning] = [0, performance.now(), true];
    try {
      // Geometric: what is packed is only packed again with packs of its size, so the cost doesn't grow with the history.
      await runGit(['repack', '-d', '-q', '-l', '--geometric=2'], {
        repository,
        timeoutMs: PACK_TIMEOUT_MS,
        signal: stopping.signal,
      });
      log(`packed the objects of ${count} pushes`);
    } catch (error) {
      log(`the repository could not be packed: ${formatError(error)}`);
    } finally {
      isRunning = false;
    }
  }

  const timer = setInterval(() => {
    if (isRunning || pushes === 0) return;
    const isOverdue = pushes >= 4 * PUSHES_A_PACK;
    const isDue = pushes >= PUSHES_A_PACK || performance.now() - lastMs >= MAX_AGE_MS;
    if (isOverdue || (isDue && isIdle())) running = pack();
  }, CHECK_MS);

  return {
    countPush: () => {
      pushes += 1;
    },
    stop: () => {
      clearInterval(timer);
      stopping.abort();
      return running;
    },
  };
}
