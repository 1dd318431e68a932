/** How often the writer does what, in milliseconds. */
export interface VaultTiming {
  /** The least time between two pushes that land. */
  readonly minPushIntervalMs: number;
  /** How long the first write of a batch waits for others. */
  readonly gatherMs: number;
  /** How often the remote is asked when nothing was pushed meanwhile. */
  readonly fetchIntervalMs: number;
  /** How often the work tree is looked through for edits; less often where a look takes long. */
  readonly scanIntervalMs: number;
  /** The wait after a remote that could not be reached: doubled from the first to the second. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** How long closing may take to land what is spooled. */
  readonly closeMs: number;
}

/** For one machine. A fleet pushes less often. */
export const TIMING: VaultTiming = {
  minPushIntervalMs: 500,
  gatherMs: 25,
  fetchIntervalMs: 3_000,
  scanIntervalMs: 2_000,
  minRetryMs: 500,
  maxRetryMs: 30_000,
  closeMs: 3_000,
};
