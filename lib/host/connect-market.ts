import type { Deployment } from '../market/escrow/deployment.ts';
import { createMarketHost, type MarketHost } from '../market/market-host.ts';
import { recallFrom } from './snapshot-file.ts';
import type { StateFolder } from './state-folder.ts';

/** Connects to the market of a running swarm from outside: what was read of its chain is taken, and left as it is. */
export function connectMarket(
  rpcUrl: string,
  deployment: Deployment,
  { escrow }: Pick<StateFolder, 'escrow'>,
): MarketHost {
  return createMarketHost(rpcUrl, deployment, recallFrom(escrow));
}
