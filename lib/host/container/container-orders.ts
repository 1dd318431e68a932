import type { AgentName } from '../../core/ids.ts';
import { type Manifest, nicksOf } from '../../core/manifest.ts';
import { readOperatorKeys } from '../../files/operator-keys-file.ts';
import type { MarketHost } from '../../market/market-host.ts';
import type { Vault } from '../../vault/vault.ts';
import { type HostOrders, openHostOrders } from '../host-orders.ts';
import type { StateFolder } from '../state-folder.ts';
import { type WaitOptions, waitFor } from '../wait-for.ts';
import type { ContainerEnvironment } from './container-environment.ts';

/** Opens the orders of a container, with the operators' keys of its environment: it has no key of its own and signs nothing. */
export async function openContainerOrders(
  environment: ContainerEnvironment,
  parts: {
    readonly vault: Vault;
    readonly folder: StateFolder;
    readonly market: MarketHost;
    readonly manifests: readonly Manifest[];
    readonly self?: AgentName;
  },
  waitOptions: WaitOptions,
): Promise<HostOrders> {
  const { vault, folder, market, manifests, self } = parts;
  const keys = await waitFor('the operators’ keys', () => readOperatorKeys(environment), waitOptions);
  const nicks = nicksOf(manifests);
  return openHostOrders({
    vault,
    clone: folder.vault,
    file: folder.obeyed,
    keys,
    market,
    nicks,
    ...(self === undefined ? {} : { self }),
  });
}
