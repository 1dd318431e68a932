import type { Address } from 'viem';
import type { AgentName } from '../../core/ids.ts';
import type { VaultIndex } from '../../core/vault.ts';
import type { TransferRecord } from '../../market/token/transfers.ts';
import type { HandOutPlan } from './hand-outs.ts';

/** All inputs of one beat of the treasury. */
export interface TreasurySnapshot {
  /** The length of a budget day in seconds. */
  readonly daySeconds: number;
  readonly treasury: Address;
  readonly vault: VaultIndex;
  /** The transfers from and to the treasury, read from the chain. */
  readonly transfers: readonly TransferRecord[];
  readonly names: ReadonlyMap<Address, AgentName>;
  /** The planned hand-outs; undefined while none are made, because the swarm winds down or the clock is wrong. */
  readonly plan: HandOutPlan | undefined;
}
