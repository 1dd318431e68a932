import { statfs } from 'node:fs/promises';
import { HUB_BOUNDS } from '../core/hub-bounds.ts';

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
      if (bytes >= HUB_BOUNDS.disk.minFreeBytes) return undefined;
      return `The hub's disk is full: ${Math.floor(bytes / 2 ** 20)} MiB are left. Pushes are taken again when there is room.`;
    },
  };
}
