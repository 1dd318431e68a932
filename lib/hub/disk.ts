import { statfs } from 'node:fs/promises';

/** With less than this no push is taken: git and the certificate need room to end what they began. */
const LEAST_BYTES = 32 * 2 ** 20;
const FRESH_MS = 1000;

/** How much room is left where the hub keeps its state. */
export interface Disk {
  readonly freeBytes: () => Promise<number>;
  /** Why nothing may be written now, in words; undefined when there is room. */
  readonly fault: () => Promise<string | undefined>;
}

/** Looks at a folder's disk, at most once a second. */
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
    fault: async () => {
      const bytes = await freeBytes();
      if (bytes >= LEAST_BYTES) return undefined;
      return `The hub's disk is full: ${Math.floor(bytes / 2 ** 20)} MiB are left. Pushes are taken again when there is room.`;
    },
  };
}
