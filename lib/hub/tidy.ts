import { formatError } from '../core/errors.ts';
import { runGit } from './git-run.ts';

/** Keeps the repository small: git's own tidying is off, since it would come in the middle of a push. */
export interface Tidy {
  readonly countPush: () => void;
  readonly stop: () => Promise<void>;
}

const PUSHES_A_TIDY = 500;
const LOOK_MS = 60_000;
/** However few they were, the pushes of this long are packed. */
const LONGEST_MS = 3_600_000;
const TIDY_MS = 600_000;

/** Packs what was pushed now and then, preferably while no git runs. */
export function startTidy(repository: string, isIdle: () => boolean, log: (line: string) => void): Tidy {
  let pushes = 0;
  let lastMs = performance.now();
  let running: Promise<void> = Promise.resolve();
  const stopping = new AbortController();
  let isRunning = false;

  async function tidy(): Promise<void> {
    const count = pushes;
    [pushes, lastMs, isRunning] = [0, performance.now(), true];
    try {
      // Geometric: what is packed is only packed again with packs of its size, so the cost doesn't grow with the history.
      await runGit(['repack', '-d', '-q', '-l', '--geometric=2'], {
        repository,
        timeoutMs: TIDY_MS,
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
    const isOverdue = pushes >= 4 * PUSHES_A_TIDY;
    const isDue = pushes >= PUSHES_A_TIDY || performance.now() - lastMs >= LONGEST_MS;
    if (isOverdue || (isDue && isIdle())) running = tidy();
  }, LOOK_MS);

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
