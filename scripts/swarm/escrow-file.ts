import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EscrowKeep } from '../../lib/market/escrow-snapshot.ts';
import { writeDurably } from '../../lib/vault/durable.ts';

/** Keeps an escrow's events in a file of the one process that may write it. */
export function keepIn(file: string): EscrowKeep {
  return {
    ...recallFrom(file),
    write: async (text) => {
      await mkdir(dirname(file), { recursive: true });
      await writeDurably(file, text);
    },
  };
}

/** Begins with what another process keeps, and leaves the keeping to it. */
export function recallFrom(file: string): EscrowKeep {
  return { read: () => readFile(file, 'utf8'), write: async () => undefined };
}
