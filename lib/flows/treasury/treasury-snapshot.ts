import type { Address } from 'viem';
import type { AgentName } from '../../core/ids.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { TransferRecord } from '../../market/token/transfers.ts';
import type { HandOutPlan } from './hand-outs.ts';

/** What the treasury knows in one beat. */
export interface TreasurySnapshot {
  /** The length of a day of budgets in seconds. */
  readonly daySeconds: number;
  readonly treasury: Address;
  readonly vault: VaultIndex;
  /** The transfers from and to the treasury, as the chain tells them. */
  readonly transfers: readonly TransferRecord[];
  readonly names: ReadonlyMap<Address, AgentName>;
  /** What is to be given out; undefined while no money goes out: the swarm winds down, or the clock is not to be trusted. */
  readonly plan: HandOutPlan | undefined;
}
