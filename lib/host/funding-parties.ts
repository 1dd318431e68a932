import type { Address, LocalAccount } from 'viem';
import { SwarmError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import type { FundedAgent } from '../flows/treasury/funded-agents.ts';
import { type Mnemonic, requirePrivate } from '../keys/mnemonic.ts';
import { deriveTreasury, deriveWallets, requireStated } from '../keys/wallets.ts';

/** The treasury and the agents that it funds; with the treasury's account, unless a command only reads. */
export interface FundingParties {
  readonly treasury: Address;
  readonly account: LocalAccount | undefined;
  readonly agents: readonly FundedAgent[];
}

/**
 * Derives the parties from the mnemonic and checks that every manifest states the same address.
 * @throws what `requirePrivate` and `requireStated` throw.
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
 * The parties with the addresses that the manifests and the caller state.
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
