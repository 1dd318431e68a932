import type { Address } from 'viem';
import type { OfferFact } from '../../core/facts.ts';
import type { AgentName } from '../../core/ids.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { TransferRecord } from '../../market/token/transfers.ts';

/** An agent that has not been given its budget of the day, or its start, yet. */
export interface Ward {
  readonly manifest: Manifest;
  readonly address: Address;
  readonly balanceAtomic: bigint;
}

/** What the treasury knows in one beat. */
export interface TreasurySnapshot {
  /** Block time in seconds since 1970. */
  readonly now: number;
  /** The length of a day of budgets in seconds. */
  readonly daySeconds: number;
  readonly treasury: Address;
  readonly treasuryBalanceAtomic: bigint;
  readonly vault: VaultIndex;
  readonly wards: readonly Ward[];
  /** All live offers with good signatures. */
  readonly offers: readonly OfferFact[];
  /** The transfers from and to the treasury, as the chain tells them. */
  readonly movements: readonly TransferRecord[];
  readonly names: ReadonlyMap<Address, AgentName>;
  /** True while no new money goes out: the swarm winds down, or the clock is not to be trusted. */
  readonly draining: boolean;
}
