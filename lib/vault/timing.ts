/** The intervals and timeouts of the writer, in milliseconds. */
export interface VaultTiming {
  /** The minimum time between two successful pushes. */
  readonly minPushIntervalMs: number;
  /** How long the first write of a batch waits for others. */
  readonly gatherMs: number;
  /** How often the remote is fetched when nothing was pushed meanwhile. */
  readonly fetchIntervalMs: number;
  /** How often the work tree is scanned for edits; less often when a scan takes long. */
  readonly scanIntervalMs: number;
  /** A file of the opened folder that changed this recently may not be written completely and is read later. */
  readonly settleMs: number;
  /** The delay after the remote couldn't be reached: doubles from the minimum to the maximum. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** How long a git process may print nothing before it counts as hung and is ended. */
  readonly gitSilenceMs: number;
  /** How long closing may take to push what is spooled. */
  readonly closeMs: number;
}

/** The defaults, for one machine. A fleet pushes less often. */
export const TIMING: VaultTiming = {
  minPushIntervalMs: 500,
  gatherMs: 25,
  fetchIntervalMs: 3_000,
  scanIntervalMs: 2_000,
  settleMs: 400,
  minRetryMs: 500,
  maxRetryMs: 5_000,
  gitSilenceMs: 60_000,
  closeMs: 3_000,
};
