import { listenForStop } from './stop-signals.ts';

/** An abort signal that follows Ctrl-C and the stop command. */
export interface StopAbort {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
}

/** Listens for stop signals as {@link listenForStop} does and aborts an AbortSignal at the first one. */
export function abortAtStop(): StopAbort {
  const { requested, dispose } = listenForStop();
  const stopping = new AbortController();
  void requested.then(() => stopping.abort());
  return { signal: stopping.signal, dispose };
}
