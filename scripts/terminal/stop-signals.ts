/** Tells whether a stop was requested, by Ctrl-C or by a signal. */
export interface StopSignals {
  readonly requested: Promise<void>;
  readonly isRequested: () => boolean;
  readonly dispose: () => void;
}

/** Why the process exits before its stop is complete: a second Ctrl-C, or the stop took too long. */
export type ForcedExit = 'second Ctrl-C' | 'timeout';

/** The process exits this long after the first signal, also if its stop is not complete, in milliseconds. */
const STOP_TIMEOUT_MS = 4500;
/** A Ctrl-C counts as a second one if it comes this long after the first signal or later, in milliseconds. */
const SECOND_CTRL_C_MS = 700;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Listens for Ctrl-C and for the stop command. A second Ctrl-C, or a stop that takes too long, ends the process at once.
 * @param onForcedExit is called right before the process exits in this way.
 */
export function listenForStop(onForcedExit: (why: ForcedExit) => void = () => undefined): StopSignals {
  let isRequested = false;
  let resolve: () => void = () => undefined;
  const requested = new Promise<void>((done) => {
    resolve = done;
  });
  let requestedMs = 0;
  const end = (why: ForcedExit): void => {
    onForcedExit(why);
    process.exit(130);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isRequested) {
      // One Ctrl-C can arrive twice, from the terminal and from npm, and a closing window sends several signals: only one that
      // comes later is from a person.
      if (signal === 'SIGINT' && performance.now() - requestedMs > SECOND_CTRL_C_MS) end('second Ctrl-C');
      return;
    }
    isRequested = true;
    requestedMs = performance.now();
    // An exit in the middle of a stop is safe: the next start continues from what is on disk.
    setTimeout(() => end('timeout'), STOP_TIMEOUT_MS).unref();
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
