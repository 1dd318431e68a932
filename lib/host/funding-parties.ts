import type { Address, LocalAccount } from 'viem';
import { SwarmError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import type { FundedAgent } from '../flows/treasury/funded-agents.ts';
import { type Mnemonic, requirePrivate } from '../keys/mnemonic.ts';
import { deriveTreasury, deriveWallets, requireStated } from '../keys/wallets.ts';

/** Whose money is handed out, and to whom: with the treasury's account, unless it is only looked at. */
export interface FundingParties {
  readonly treasury: Address;
  readonly account: LocalAccount | undefined;
  readonly agents: readonly FundedAgent[];
}

/**
 * The parties as the mnemonic gives them, where every manifest states the same address.
 * @throws SwarmError what `requirePrivate` and `requireStated` throw.
 */
export function partiesOfMnemonic(mnemonic: Mnemonic, manifests: readonly Manifest[]): FundingParties {
  requirePrivate(mnemonic);
  const wallets = deriveWallets(mnemonic, manifests);
  requireStated(wallets);
  const { address, account } = deriveTreasury(mnemonic);
  const agents = manifests.flatMap((manifest, place) => {
    const wallet = wallets[place];
    return wallet === undefined ? [] : [{ manifest, address: wallet.address }];
  });
  return { treasury: address, account, agents };
}

/**
 * The parties as the manifests and whoever looks at them state their addresses.
 * @throws SwarmError `keys/no-address`
 */
export function partiesStated(treasury: Address, manifests: readonly Manifest[]): FundingParties {
  const agents = manifests.flatMap((manifest) => {
    const { address } = manifest.spec.wallet;
    return address === undefined ? [] : [{ manifest, address }];
  });
  if (agents.length === manifests.length) return { treasury, account: undefined, agents };
  throw new SwarmError({
    code: 'keys/no-address',
    disposition: 'stop',
    message: `${manifests.length - agents.length} of ${manifests.length} manifests state no spec.wallet.address`,
    next: 'Write the addresses with swarm-ops keys derive --write.',
  });
}
