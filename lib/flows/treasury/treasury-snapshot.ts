import type { Address, Hex } from 'viem';
import type { OfferFact } from '../../core/facts.ts';
import type { AgentName } from '../../core/ids.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { VaultIndex } from '../../core/vault.ts';

/** A transfer of the token from or to the treasury, as the chain tells it. */
export interface Movement {
  readonly tx: Hex;
  readonly from: Address;
  readonly to: Address;
  readonly amountAtomic: bigint;
  readonly block: number;
  /** Block time in seconds since 1970. */
  readonly at: number;
}

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
  readonly movements: readonly Movement[];
  readonly names: ReadonlyMap<Address, AgentName>;
  /** True while the swarm winds down: no new money goes out. */
  readonly draining: boolean;
}
