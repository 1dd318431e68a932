import type { Address } from 'viem';
import type { AgentName } from '../core/ids.ts';
import type { Build } from '../core/protocol.ts';
import type { ObjectStore } from '../delivery/object-store.ts';
import type { TradeSettings } from '../flows/trade/settings.ts';
import type { BeatQueue } from '../heartbeat/beat-queue.ts';
import type { RestBook } from '../heartbeat/rest-book.ts';
import type { ChannelOptions } from '../irc/connection-options.ts';
import type { MarketHost } from '../market/market-host.ts';
import type { MarketReader } from '../market/notes/market-reader.ts';
import type { Products } from '../products/registry.ts';
import type { Vault } from '../vault/vault.ts';
import type { HostOrders } from './host-orders.ts';
import type { StateFolder } from './state-folder.ts';

/** What the agents of one host share. */
export interface Host {
  readonly folder: StateFolder;
  /** The 32 bytes from which the keys of all sealed goods of an agent are derived. A secret. */
  readonly deliverySeed: (name: string) => Uint8Array;
  /** The vault as agents see it, without those in quarantine. */
  readonly vault: Vault;
  /** What operators ordered. */
  readonly orders: HostOrders;
  readonly market: MarketHost;
  readonly reader: MarketReader;
  /** The address to which a system agent's surplus returns; without it, the agent keeps what it earns. */
  readonly treasury: Address | undefined;
  /** The products that can be made and replayed. */
  readonly products: Products;
  readonly store: ObjectStore;
  /** The origins that goods are fetched from. */
  readonly downloadOrigins: readonly string[];
  /** The nicks of all agents that this host has manifests of. */
  readonly nicks: ReadonlyMap<AgentName, string>;
  readonly irc: Pick<ChannelOptions, 'host' | 'port' | 'tls' | 'sasl' | 'readLine'>;
  readonly outbox: NonNullable<ChannelOptions['outbox']>;
  readonly tradeSettings: TradeSettings;
  /** The turns in which its agents beat. */
  readonly beats: BeatQueue;
  /** Where its agents record their quiet beats. */
  readonly rests: RestBook;
  readonly build: Build;
  readonly draining: () => boolean;
  readonly log: (line: string) => void;
  /** Logs to the log file only, for finding errors. */
  readonly debug: (line: string) => void;
}

/** The part of a host that the swarm's services need. */
export type StewardHost = Pick<
  Host,
  'folder' | 'vault' | 'orders' | 'market' | 'reader' | 'irc' | 'draining' | 'log' | 'debug'
>;
