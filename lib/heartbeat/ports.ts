import type { Address } from 'viem';
import type { ChainView } from '../core/chain.ts';
import type { ChannelPort } from '../core/channel.ts';
import type { MarketFacts, WorkFacts } from '../core/facts.ts';
import type { RunnableFlow } from '../core/flow.ts';
import type { AgentName } from '../core/ids.ts';
import type { Orders } from '../core/orders.ts';
import type { Build } from '../core/protocol.ts';
import type { Me } from '../core/snapshot.ts';
import type { Clock } from '../core/time.ts';
import type { VaultIndex, VaultReader, VaultWriter } from '../core/vault.ts';
import type { Policy } from '../decisions/policy.ts';
import type { RestBook } from './rest-book.ts';

/** Computes what an agent knows of the market. Passed in, because lib/heartbeat doesn't import lib/market. Does no I/O. */
export type ReadMarket = (known: {
  readonly me: Me;
  readonly now: number;
  readonly vault: VaultIndex;
  readonly chain: ChainView | undefined;
}) => Promise<{ readonly market: MarketFacts; readonly directory: ReadonlyMap<AgentName, Address> }>;

/** Everything that a heartbeat uses. */
export interface HeartbeatPorts {
  readonly me: Me;
  readonly vault: VaultReader & VaultWriter;
  /** Where the host's agents record their quiet beats. */
  readonly rests: RestBook;
  readonly readChain: () => Promise<ChainView>;
  readonly channel: ChannelPort | undefined;
  /** The nicks of the agents that this host has manifests of. */
  readonly nicks: ReadonlyMap<AgentName, string>;
  readonly readMarket: ReadMarket;
  readonly readWork: (vault: VaultIndex) => Promise<WorkFacts>;
  readonly policy: Policy;
  readonly flows: readonly RunnableFlow[];
  readonly clock: Clock;
  readonly uuid: () => string;
  /** The build that runs; every record states it. */
  readonly build: Build;
  /** What operators ordered, by the vault that was read last. */
  readonly orders: () => Orders;
  /** Whether the lines of a nick are ignored. */
  readonly isIgnored: (nick: string) => boolean;
  readonly draining: () => boolean;
  readonly log: (line: string) => void;
}

/** What an agent did in a beat, in words for people, and why. */
export interface BeatAction {
  readonly what: string;
  readonly reason: string;
}

/** The report of one beat, for the table in the terminal and for the run's report. */
export interface BeatReport {
  readonly agent: AgentName;
  readonly at: number;
  readonly ok: boolean;
  readonly task: string;
  readonly reason: string;
  readonly did: readonly BeatAction[];
  readonly errors: readonly string[];
  readonly balanceAtomic: bigint | undefined;
  readonly revenueAtomic: bigint;
  /** The earliest time, in seconds since 1970 by the machine's clock, at which another beat has something to do. */
  readonly wakeAt: number | undefined;
}
