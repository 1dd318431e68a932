/** A bounded number of places; who finds none free waits in line, which is bounded too. */
export interface Places {
  /** Resolves to the function that gives the place back; undefined when the line is too long or the wait too. */
  readonly take: () => Promise<(() => void) | undefined>;
  readonly taken: () => number;
}

/** Creates {@link Places}. */
export function createPlaces(count: number, line: number, maxWaitMs: number): Places {
  const waiting = new Set<(granted: boolean) => void>();
  let taken = 0;

  const giveBack = (): (() => void) => {
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      const [next] = waiting;
      if (next === undefined) taken -= 1;
      else next(true);
    };
  };

  return {
    taken: () => taken,
    take: async () => {
      if (taken < count) {
        taken += 1;
        return giveBack();
      }
      if (waiting.size >= line) return undefined;
      const isGranted = await new Promise<boolean>((resolve) => {
        const settle = (granted: boolean) => {
          clearTimeout(timer);
          waiting.delete(settle);
          resolve(granted);
        };
        // Who waits keeps no hub from ending: its connection is closed by then.
        const timer = setTimeout(() => settle(false), maxWaitMs).unref();
        waiting.add(settle);
      });
      return isGranted ? giveBack() : undefined;
    },
  };
}
