import { statfs } from 'node:fs/promises';

/** With less free space no push is accepted: git and the certificate need space to finish what they write. */
const MIN_FREE_BYTES = 32 * 2 ** 20;
const FRESH_MS = 1000;

/** The disk of the hub's state folder. */
export interface Disk {
  readonly freeBytes: () => Promise<number>;
  /** Why no push is accepted now, for the pusher; undefined when there is space. */
  readonly error: () => Promise<string | undefined>;
}

/** Creates the {@link Disk} of a folder; it queries the system at most once a second. */
export function createDisk(folder: string): Disk {
  let known: { readonly bytes: number; readonly atMs: number } | undefined;

  async function freeBytes(): Promise<number> {
    if (known !== undefined && performance.now() - known.atMs < FRESH_MS) return known.bytes;
    const { bavail, bsize } = await statfs(folder);
    known = { bytes: bavail * bsize, atMs: performance.now() };
    return known.bytes;
  }

  return {
    freeBytes,
    error: async () => {
      const bytes = await freeBytes();
      if (bytes >= MIN_FREE_BYTES) return undefined;
      return `The hub's disk is full: ${Math.floor(bytes / 2 ** 20)} MiB are left. Pushes are taken again when there is room.`;
    },
  };
}
