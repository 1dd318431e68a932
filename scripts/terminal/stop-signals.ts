/** A person's wish to stop. */
export interface StopSignals {
  readonly requested: Promise<void>;
  readonly isRequested: () => boolean;
  readonly dispose: () => void;
}

/** Why the process ends before all is done: a person insisted, or stopping took too long. */
export type Hurry = 'insisted' | 'overdue';

/** After a first signal, this long until the process ends whatever still hangs, in milliseconds. */
const LAST_RESORT_MS = 4500;
/** A Ctrl-C this long after the first is a second one, in milliseconds. */
const INSISTENCE_MS = 700;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Listens for Ctrl-C and for the stop command. A second Ctrl-C, or too long a stop, ends the process at once.
 * @param onHurry is called right before that.
 */
export function untilStopped(onHurry: (why: Hurry) => void = () => undefined): StopSignals {
  let isRequested = false;
  let resolve: () => void = () => undefined;
  const requested = new Promise<void>((done) => {
    resolve = done;
  });
  let requestedMs = 0;
  const end = (why: Hurry): void => {
    onHurry(why);
    process.exit(130);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isRequested) {
      // npm passes on what the terminal sends anyway, and a closing window sends more: only a person insists later.
      if (signal === 'SIGINT' && performance.now() - requestedMs > INSISTENCE_MS) end('insisted');
      return;
    }
    isRequested = true;
    requestedMs = performance.now();
    // Everything that matters is on disk already; what is left over is found by the next start.
    setTimeout(() => end('overdue'), LAST_RESORT_MS).unref();
    resolve();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    requested,
    isRequested: () => isRequested,
    dispose: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
