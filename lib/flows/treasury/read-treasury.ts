import type { Address } from 'viem';
import type { ChainView } from '../../core/chain.ts';
import { formatError } from '../../core/errors.ts';
import type { OfferFact } from '../../core/facts.ts';
import type { AgentName } from '../../core/ids.ts';
import type { Manifest } from '../../core/manifest.ts';
import { signingHalt } from '../../core/signing-halt.ts';
import type { Clock } from '../../core/time.ts';
import type { VaultIndex, VaultReader } from '../../core/vault.ts';
import type { TransferRecord } from '../../market/token/transfers.ts';
import type { FundedAgents } from './funded-agents.ts';
import { planHandOuts } from './hand-outs.ts';
import type { TreasurySnapshot } from './treasury-snapshot.ts';

/** The sources that the treasury reads. */
export interface TreasurySources {
  readonly treasury: Address;
  readonly manifests: readonly Manifest[];
  /** The length of a budget day in seconds. */
  readonly daySeconds: number;
  readonly vault: VaultReader;
  /** Reads the wallets of the agents, with proofs of ownership, from a vault. */
  readonly readDirectory: (vault: VaultIndex) => Promise<ReadonlyMap<AgentName, Address>>;
  /** Reads all live offers with valid signatures. */
  readonly readOffers: (vault: VaultIndex) => Promise<readonly OfferFact[]>;
  readonly readChain: () => Promise<ChainView>;
  readonly readTransfers: () => Promise<readonly TransferRecord[]>;
  readonly readDue: FundedAgents['readDue'];
  readonly clock: Clock;
  /** True while the swarm winds down. */
  readonly draining: () => boolean;
}

/**
 * Reads vault and chain once and plans the hand-outs. If the transfers can't be read, an error is added and agents still get
 * their money: only the ledger needs the transfers.
 * @throws what reading the vault or the chain throws.
 */
export async function readTreasury(sources: TreasurySources, errors: string[]): Promise<TreasurySnapshot> {
  const { treasury, daySeconds } = sources;
  const transfers = await sources.readTransfers().catch((error: unknown): readonly TransferRecord[] => {
    errors.push(formatError(error));
    return [];
  });
  const chain = await sources.readChain();
  const halt = signingHalt({ clock: sources.clock(), chain });
  if (halt !== undefined) errors.push(halt);
  const vault = await sources.vault.read();
  const directory = await sources.readDirectory(vault);
  const snapshot = {
    daySeconds,
    treasury,
    vault,
    transfers,
    names: new Map([...directory].map(([name, address]) => [address, name])),
  };
  if (sources.draining() || halt !== undefined) return { ...snapshot, plan: undefined };
  const agents = sources.manifests.flatMap((manifest) => {
    const address = directory.get(manifest.metadata.name);
    return address === undefined ? [] : [{ manifest, address }];
  });
  const day = Math.floor(chain.blockTime / daySeconds);
  const [due, offers] = [await sources.readDue(agents, day), await sources.readOffers(vault)];
  return { ...snapshot, plan: planHandOuts({ day, balanceAtomic: chain.usdcAtomic, due, offers }) };
}
