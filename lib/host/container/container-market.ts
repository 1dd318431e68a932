import { readBuild } from '../../files/project.ts';
import { tradeSettingsOf } from '../../flows/trade/settings.ts';
import { createMarketHost } from '../../market/market-host.ts';
import { createMarketReader } from '../../market/notes/market-reader.ts';
import { createProducts } from '../../products/registry.ts';
import type { Host } from '../host.ts';
import { openSignatureFile } from '../signature-file.ts';
import { keepIn } from '../snapshot-file.ts';
import type { StateFolder } from '../state-folder.ts';
import { type Patience, waitFor } from '../wait-for.ts';
import { findDeployment } from './container-deployment.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import { readRpcUrl } from './container-rpc.ts';

/** What a container's host has in common with that of a machine that runs a whole swarm. */
export async function openMarket(
  environment: ContainerEnvironment,
  folder: StateFolder,
  patience: Patience,
): Promise<
  Pick<Host, 'market' | 'reader' | 'products' | 'tradeSettings' | 'outbox' | 'build'> & { readonly rpcUrl: string }
> {
  const rpcUrl = await waitFor('the RPC’s address', () => readRpcUrl(environment), patience);
  const deployment = await waitFor('the chain', () => findDeployment(environment, rpcUrl), patience);
  const tradeSettings = tradeSettingsOf(deployment.chainId);
  // What is not written yet when the container ends is checked again.
  const signers = await openSignatureFile(folder.index, patience.log);
  const market = createMarketHost(rpcUrl, deployment, keepIn(folder.escrow), signers);
  return {
    rpcUrl,
    market,
    reader: createMarketReader({
      domain: market.domain,
      signatures: market.signatures,
      daySeconds: environment.KK_DAY_SECONDS,
      quoteBySeconds: tradeSettings.quoteBySeconds,
      maxGoodsBytes: tradeSettings.maxGoodsBytes,
      log: patience.log,
    }),
    products: createProducts(),
    tradeSettings,
    outbox: { burst: 10, everyMs: 1000 },
    build: await readBuild(environment.KK_IMAGE),
  };
}
