/** What {@link watchRate} watches. */
export interface WatchedRate {
  /** The bytes that passed until now. */
  readonly bytes: () => number;
  /** Whether the other side is waited for. While it is not, it can't be too slow. */
  readonly isWaiting: () => boolean;
  readonly minBytesPerSecond: number;
  /** The rate is looked at over each of these; the first begins at the start. */
  readonly windowMs: number;
  readonly onSlow: () => void;
}

/** Calls back once when the other side of a connection was slower than the minimum over a window. Returns its stop function. */
export function watchRate({ bytes, isWaiting, minBytesPerSecond, windowMs, onSlow }: WatchedRate): () => void {
  let before = bytes();
  let wasWaiting = isWaiting();
  const timer = setInterval(() => {
    const [now, waits] = [bytes(), isWaiting()];
    if (wasWaiting && waits && now - before < (minBytesPerSecond * windowMs) / 1000) {
      clearInterval(timer);
      onSlow();
    }
    [before, wasWaiting] = [now, waits];
  }, windowMs);
  // The connection keeps the hub running, not the look at it.
  timer.unref();
  return () => clearInterval(timer);
}
