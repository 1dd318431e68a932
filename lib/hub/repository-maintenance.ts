import { formatError } from '../core/errors.ts';
import { runGit } from './git-run.ts';
import { removeAbandoned } from './repository.ts';

/** Packs the repository's objects, and removes what a killed push left. Git's automatic maintenance is off, since it would run during a push. */
export interface Maintenance {
  readonly countPush: () => void;
  readonly stop: () => Promise<void>;
}

/** The repository is packed after this many pushes, when no git runs; after four times as many in any case. */
const PUSHES_A_PACK = 500;
const CHECK_MS = 60_000;
/** It is packed after this time even after few pushes. */
const MAX_AGE_MS = 3_600_000;
const PACK_TIMEOUT_MS = 600_000;

/** Starts packing pushed objects at intervals. */
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
      // Geometric repacking joins only packs of similar size, so the cost doesn't grow with the history.
      await runGit(['repack', '-d', '-q', '-l', '--geometric=2'], {
        repository,
        timeoutMs: PACK_TIMEOUT_MS,
        isOwnWork: true,
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
    void removeAbandoned(repository, Date.now()).catch((error: unknown) => {
      log(`objects of a killed push could not be removed: ${formatError(error)}`);
    });
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
