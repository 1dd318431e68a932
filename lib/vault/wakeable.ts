/** The sleep of one loop. A wake during its work is kept for its next sleep, so none is lost. */
export interface Wakeable {
  /** Resolves after a time, or at the next wake. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly wake: () => void;
  /** Wakes after a time. Of several, the earliest counts. */
  readonly wakeIn: (ms: number) => void;
}

/** The longest time that a timer takes; a longer one would end at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Creates a {@link Wakeable}. */
export function createWakeable(): Wakeable {
  let resolveSleep: (() => void) | undefined;
  let isWoken = false;
  let wakeAt = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const wake = () => {
    isWoken = true;
    resolveSleep?.();
  };
  const wakeIn = (ms: number) => {
    const at = performance.now() + ms;
    if (at >= wakeAt) return;
    clearTimeout(timer);
    wakeAt = at;
    // The sleep itself keeps the process alive.
    timer = setTimeout(() => {
      wakeAt = Number.POSITIVE_INFINITY;
      wake();
    }, ms).unref();
  };

  return {
    wake,
    wakeIn,
    sleep: async (ms) => {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          const end = setTimeout(resolve, Math.min(Math.max(0, ms), LONGEST_MS));
          resolveSleep = () => {
            clearTimeout(end);
            resolve();
          };
        });
      }
      resolveSleep = undefined;
      isWoken = false;
    },
  };
}
