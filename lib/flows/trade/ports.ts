import type { Hex, LocalAccount } from 'viem';
import type { ChainView } from '../../core/chain.ts';
import type { Clock } from '../../core/time.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import type { ObjectStore } from '../../delivery/object-store.ts';
import type { EscrowWriter } from '../../market/escrow/escrow-writer.ts';
import type { TradeReader } from '../../market/notes/trade-reader.ts';
import type { SigningDomain } from '../../market/terms/domain.ts';
import type { SignatureCache } from '../../market/terms/signature-cache.ts';
import type { Fetches } from './fetches.ts';
import type { TradeSettings } from './settings.ts';

/** The services with which an agent trades: its key, its secret seed, its disk, and what it shares with other agents. */
export interface TradePorts {
  readonly account: LocalAccount;
  /** The agent's delivery seed, from which all its sealing and delivery keys are derived. A secret. */
  readonly deliverySeed: Uint8Array;
  /** The domain of the market's signatures; its contract is the escrow. */
  readonly domain: SigningDomain;
  /** The domain of the token's signatures; its contract is the token. */
  readonly tokenDomain: SigningDomain;
  readonly signatures: SignatureCache;
  readonly trades: TradeReader;
  readonly escrow: EscrowWriter;
  /**
   * Whether the escrow itself has a record of a trade, at a block that is not older than `since` (seconds since 1970). If the
   * events say otherwise, they will be read again.
   */
  readonly hasTrade: (escrowKey: Hex, since: number) => Promise<boolean>;
  /** Reads an account's balance, in atomic units of the token. */
  readonly readBalance: (account: Hex) => Promise<bigint>;
  /** Reads the chain as this agent's account sees it now. */
  readonly readChain: () => Promise<ChainView>;
  /** How long it can take until the agent's next beat has ended, in seconds, by its rhythm and its last beats. */
  readonly paceSeconds: () => number;
  /** Runs what only waits, for a stranger's server or for blocks, so that other agents beat meanwhile. */
  readonly aside: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** Reads the current price of a unit of gas, in wei. */
  readonly readGasPrice: () => Promise<bigint>;
  readonly store: ObjectStore;
  readonly goods: GoodsStore;
  /** The downloads of goods that run beside its beats. */
  readonly fetches: Fetches;
  /** The allowed origins of goods: those of the configured object stores. */
  readonly downloadOrigins: readonly string[];
  readonly settings: TradeSettings;
  readonly clock: Clock;
  /** 32 random bytes. */
  readonly randomSalt: () => Hex;
}
