import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeDurably } from '../files/durable.ts';
import { readAnchor } from '../market/chain/chain-anchor.ts';
import { settledAt } from '../market/chain/follow-events.ts';
import type { SnapshotStore } from '../market/chain/snapshot-store.ts';
import type { Deployment } from '../market/escrow/deployment.ts';
import { type EscrowBook, foldTrades } from '../market/escrow/escrow-book.ts';
import { type EscrowPlace, formatSnapshot, parseSnapshot } from '../market/escrow/escrow-snapshot.ts';
import type { MarketHost } from '../market/market-host.ts';

/** Stores a snapshot in a file; for the one process that writes it. */
export function keepIn(file: string): SnapshotStore {
  return {
    ...recallFrom(file),
    write: async (text) => {
      await mkdir(dirname(file), { recursive: true });
      await writeDurably(file, text);
    },
  };
}

/** Reads the snapshot that another process writes, and never writes it. */
export function recallFrom(file: string): SnapshotStore {
  return { read: () => readFile(file, 'utf8'), write: async () => undefined };
}

/**
 * Stores the escrow's events up to the newest block, for commands after the chain has stopped. The newest blocks may be
 * reorganized: whoever reads the chain again detects that by the snapshot's anchor.
 */
export async function keepLastLook({ client, index, deployment }: MarketHost, file: string): Promise<void> {
  const book = await index.refresh({ force: true });
  const anchor = await readAnchor(client, book.blockNumber);
  const text = anchor === undefined ? undefined : formatSnapshot(settledAt(book, anchor), placeOf(deployment));
  if (text !== undefined) await keepIn(file).write(text);
}

/** Reads the trades that were stored last, by their key; empty when nothing is stored. */
export async function readKeptTrades(deployment: Deployment, file: string): Promise<EscrowBook['trades']> {
  const text = await recallFrom(file)
    .read()
    .catch(() => undefined);
  const book = text === undefined ? undefined : parseSnapshot(text, placeOf(deployment));
  return book === undefined ? new Map() : foldTrades(undefined, book).trades;
}

function placeOf({ chainId, escrow, fromBlock }: Deployment): EscrowPlace {
  return { chainId, escrow, fromBlock: BigInt(fromBlock) };
}
