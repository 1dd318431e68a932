import type { Address } from 'viem';
import type { ChainView } from '../core/chain.ts';
import type { ReadableKind } from '../core/note.ts';
import type { Orders } from '../core/orders.ts';
import type { VaultIndex } from '../core/vault.ts';
import { digestCode } from '../files/code-digest.ts';
import { type Deployment, readDeployment } from '../market/escrow/deployment.ts';
import type { MarketHost } from '../market/market-host.ts';
import { tradesInSight } from '../market/notes/trades-in-sight.ts';
import { withoutHidden } from '../vault/hidden.ts';
import { readRepository } from '../vault/read-repository.ts';
import { readOrders } from './read-orders.ts';
import { type RunFile, readRunFile } from './run-file.ts';
import { findStateFolder, type StateFolder } from './state-folder.ts';

/** What a command reads of a swarm, running or stopped. */
export interface Look {
  readonly folder: StateFolder;
  /** The run file of the last start; undefined before the first. */
  readonly run: RunFile | undefined;
  readonly isRunning: boolean;
  /** The vault as agents see it, without those in quarantine. */
  readonly vault: VaultIndex;
  /** What operators ordered and the swarm obeys. */
  readonly orders: Orders;
}

/** What a command reads of a swarm's market. */
export interface MarketLook {
  readonly deployment: Deployment | undefined;
  /** The chain, if it runs and could be read. */
  readonly chain: ChainView | undefined;
  readonly market: MarketHost | undefined;
}

/** A swarm and its market. */
export type FullLook = Look & MarketLook;

/** The ref of the hub's head that a unit's clone fetched last. */
export const FETCHED = 'refs/remotes/origin/main';

/** An address whose balances aren't used. */
const NOBODY: Address = '0x0000000000000000000000000000000000000000';

/**
 * Reads the swarm in a state folder.
 * @param kinds the notes that will be asked for.
 * @throws what `findStateFolder`, `readRunFile` and `readRepository` throw.
 */
export async function lookAt(stateDir: string, kinds: readonly ReadableKind<unknown>[]): Promise<Look> {
  const folder = await findStateFolder(stateDir);
  const found = await readRunFile(folder);
  const isOfHub = found?.run.seenFrom === 'hub';
  const how = { kinds, index: { folder: folder.index, code: digestCode() } };
  const repository = isOfHub ? folder.vault : folder.remote;
  const whole = await readRepository(repository, isOfHub ? { ...how, ref: FETCHED } : how);
  const orders = await readOrders(folder, whole, repository);
  // The chain isn't read yet: what a counterparty hasn't closed stays in sight.
  const hides = new Map([...orders.quarantined.keys()].map((name) => [name, tradesInSight(whole, undefined, name)]));
  const vault = withoutHidden(whole, hides);
  return { folder, run: found?.run, isRunning: found?.isAlive ?? false, vault, orders };
}

/** Reads the chain of a swarm. A stopped swarm has none: then its trades are known from the vault only. */
export async function lookAtMarket({ folder, run, isRunning }: Look): Promise<MarketLook> {
  const deployment = await readDeployment(folder.deployment);
  if (!isRunning || run === undefined || deployment === undefined) {
    return { deployment, chain: undefined, market: undefined };
  }
  // Imported only here: the chain client is slow to load.
  const { connectMarket } = await import('./connect-market.ts');
  const market = connectMarket(run.rpc, deployment, folder);
  const chain = await market.index.view(NOBODY).catch(() => undefined);
  return { deployment, chain, market };
}
