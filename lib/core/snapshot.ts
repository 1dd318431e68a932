import type { Address, Hex } from 'viem';
import type { ChainView } from './chain.ts';
import type { HeardLine } from './channel.ts';
import type { MarketFacts, WorkFacts } from './facts.ts';
import type { AgentName } from './ids.ts';
import type { Manifest } from './manifest.ts';
import type { VaultIndex } from './vault.ts';

/** The agent whose beat it is. */
export interface Me {
  readonly name: AgentName;
  readonly nick: string;
  readonly address: Address;
  readonly manifest: Manifest;
  /** The age recipient to which others encrypt what is for this agent. */
  readonly deliveryRecipient: string;
  /** The wallet's signature that it trades under this name. */
  readonly walletProof: Hex;
}

/** All inputs of one beat. Immutable; `decide` and every flow's `read` get the same one. */
export interface Snapshot {
  /** Seconds since 1970: the block's time if the chain could be read, else the machine's. */
  readonly now: number;
  /** The machine's time when the chain was read, in seconds since 1970: compared before anything is signed. */
  readonly clock: number;
  readonly me: Me;
  readonly vault: VaultIndex;
  /** Absent if the chain could not be read: then no flow runs. */
  readonly chain: ChainView | undefined;
  readonly heard: readonly HeardLine[];
  readonly market: MarketFacts;
  readonly work: WorkFacts;
  /** The addresses that the agents state in their own folders. */
  readonly directory: ReadonlyMap<AgentName, Address>;
  /** True while the swarm winds down: open trades go on, new ones don't start. */
  readonly draining: boolean;
}
