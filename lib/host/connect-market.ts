import type { Deployment } from '../market/escrow/deployment.ts';
import { createMarketHost, type MarketHost } from '../market/market-host.ts';
import { recallFrom } from './snapshot-file.ts';
import type { StateFolder } from './state-folder.ts';

/** Connects a command to the market of a running swarm. Uses the stored snapshot of its chain and doesn't change it. */
export function connectMarket(
  rpcUrl: string,
  deployment: Deployment,
  { escrow }: Pick<StateFolder, 'escrow'>,
): MarketHost {
  return createMarketHost(rpcUrl, deployment, recallFrom(escrow));
}
