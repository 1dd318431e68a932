/** Keeps what was read of the chain over restarts. What it holds is only believed of the chain that it is of. */
export interface SnapshotKeep {
  /** The last text that was written; undefined where there is none. */
  readonly read: () => Promise<string | undefined>;
  readonly write: (text: string) => Promise<void>;
}
