/** Stores what was read of the chain across restarts. A stored text is only used for the chain that it belongs to. */
export interface SnapshotStore {
  /** The last written text; undefined if there is none. */
  readonly read: () => Promise<string | undefined>;
  readonly write: (text: string) => Promise<void>;
}
