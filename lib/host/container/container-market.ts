import { readBuild } from '../../files/project.ts';
import { tradeSettingsOf } from '../../flows/trade/settings.ts';
import { createMarketHost } from '../../market/market-host.ts';
import { createMarketReader } from '../../market/notes/market-reader.ts';
import type { Host } from '../host.ts';
import { openSignatureFile } from '../signature-file.ts';
import { keepIn } from '../snapshot-file.ts';
import type { StateFolder } from '../state-folder.ts';
import { type WaitOptions, waitFor } from '../wait-for.ts';
import { findDeployment } from './container-deployment.ts';
import type { ContainerEnvironment } from './container-environment.ts';
import { readRpcUrl } from './container-rpc.ts';

/** Opens the market for a container's host. */
export async function openMarket(
  environment: ContainerEnvironment,
  folder: StateFolder,
  waitOptions: WaitOptions,
): Promise<Pick<Host, 'market' | 'reader' | 'tradeSettings' | 'outbox' | 'build'> & { readonly rpcUrl: string }> {
  const rpcUrl = await waitFor('the RPC’s address', () => readRpcUrl(environment), waitOptions);
  const deployment = await waitFor('the chain', () => findDeployment(environment, rpcUrl), waitOptions);
  const tradeSettings = tradeSettingsOf(deployment.chainId);
  // Signatures that aren't written when the container ends are verified again.
  const signers = await openSignatureFile(folder.index, waitOptions.log);
  const market = createMarketHost(rpcUrl, deployment, keepIn(folder.escrow), signers);
  return {
    rpcUrl,
    market,
    reader: createMarketReader({
      domain: market.domain,
      signatures: market.signatures,
      openedQuote: market.openedQuote,
      daySeconds: environment.KK_DAY_SECONDS,
      quoteBySeconds: tradeSettings.quoteBySeconds,
      maxGoodsBytes: tradeSettings.maxGoodsBytes,
      log: waitOptions.log,
    }),
    tradeSettings,
    outbox: { burst: 10, everyMs: 1000 },
    build: await readBuild(environment.KK_IMAGE),
  };
}
