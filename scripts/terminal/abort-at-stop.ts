import { untilStopped } from './stop-signals.ts';

/** A signal that is aborted when a person wishes to stop. */
export interface StopAbort {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
}

/** Listens for Ctrl-C as {@link untilStopped} does, for what takes an AbortSignal. */
export function abortAtStop(): StopAbort {
  const { requested, dispose } = untilStopped();
  const stopping = new AbortController();
  void requested.then(() => stopping.abort());
  return { signal: stopping.signal, dispose };
}
