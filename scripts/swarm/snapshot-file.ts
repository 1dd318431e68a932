import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SnapshotKeep } from '../../lib/market/snapshot-keep.ts';
import { writeDurably } from '../../lib/vault/durable.ts';

/** Keeps a snapshot in a file of the one process that may write it. */
export function keepIn(file: string): SnapshotKeep {
  return {
    ...recallFrom(file),
    write: async (text) => {
      await mkdir(dirname(file), { recursive: true });
      await writeDurably(file, text);
    },
  };
}

/** Begins with what another process keeps, and leaves the keeping to it. */
export function recallFrom(file: string): SnapshotKeep {
  return { read: () => readFile(file, 'utf8'), write: async () => undefined };
}
