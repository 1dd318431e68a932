import { zeroAddress } from 'viem';
import type { ChainView } from '../core/chain.ts';
import type { ReadableKind } from '../core/note.ts';
import type { VaultIndex } from '../core/vault.ts';
import { digestCode } from '../files/code-digest.ts';
import { type Deployment, readDeployment } from '../market/escrow/deployment.ts';
import { createMarketHost, type MarketHost } from '../market/market-host.ts';
import { readRepository } from '../vault/read-repository.ts';
import { type RunFile, readRunFile } from './run-file.ts';
import { recallFrom } from './snapshot-file.ts';
import { findStateFolder, type StateFolder } from './state-folder.ts';

/** A swarm looked at from outside, running or stopped. */
export interface Look {
  readonly folder: StateFolder;
  /** What the last start said of itself; absent before the first. */
  readonly run: RunFile | undefined;
  readonly isRunning: boolean;
  readonly vault: VaultIndex;
  readonly deployment: Deployment | undefined;
  /** The chain, where it runs and could be read. */
  readonly chain: ChainView | undefined;
  readonly market: MarketHost | undefined;
}

/** The hub's head as a unit's clone saw it last. */
export const FETCHED = 'refs/remotes/origin/main';

/**
 * Looks at the swarm in a state folder. A stopped one has no chain: its trades are as the vault tells.
 * @param kinds the notes that will be asked for.
 * @throws what `findStateFolder` and `readRepository` throw.
 */
export async function lookAt(stateDir: string, kinds: readonly ReadableKind<unknown>[]): Promise<Look> {
  const folder = await findStateFolder(stateDir);
  const found = await readRunFile(folder.run);
  const isOfHub = found?.run.seenFrom === 'hub';
  const how = { kinds, index: { folder: folder.index, code: digestCode() } };
  const [vault, deployment] = await Promise.all([
    isOfHub ? readRepository(folder.vault, { ...how, ref: FETCHED }) : readRepository(folder.remote, how),
    readDeployment(folder.deployment),
  ]);
  const isRunning = found?.isAlive ?? false;
  const market =
    isRunning && found !== undefined && deployment !== undefined
      ? createMarketHost(found.run.rpc, deployment, recallFrom(folder.escrow))
      : undefined;
  const chain = await market?.index.view(zeroAddress).catch(() => undefined);
  return { folder, run: found?.run, isRunning, vault, deployment, chain, market };
}
