import type { Hex, LocalAccount } from 'viem';
import type { Clock } from '../../core/time.ts';
import type { GoodsStore } from '../../delivery/goods-store.ts';
import type { ObjectStore } from '../../delivery/object-store.ts';
import type { EscrowWriter } from '../../market/escrow/escrow-writer.ts';
import type { TradeReader } from '../../market/notes/trade-reader.ts';
import type { SigningDomain } from '../../market/terms/domain.ts';
import type { SignatureCache } from '../../market/terms/signature-cache.ts';
import type { TradeSettings } from './settings.ts';

/** What an agent trades with: its key, its secret seed, its disk, and the services it shares with others. */
export interface TradePorts {
  readonly account: LocalAccount;
  /** The agent's delivery seed: every key it seals or receives with follows from it. A secret. */
  readonly deliverySeed: Uint8Array;
  /** The domain of the market's signatures; its contract is the escrow. */
  readonly domain: SigningDomain;
  /** The domain of the token's signatures; its contract is the token. */
  readonly tokenDomain: SigningDomain;
  readonly signatures: SignatureCache;
  readonly trades: TradeReader;
  readonly escrow: EscrowWriter;
  /**
   * Whether the escrow itself has a record of a trade, as of a block that is not older than `since` (seconds since 1970).
   * Where the chain's view says otherwise, it will be read anew.
   */
  readonly hasTrade: (escrowKey: Hex, since: number) => Promise<boolean>;
  /** Says what an account holds, in atomic units of the token. */
  readonly readBalance: (account: Hex) => Promise<bigint>;
  /** What a unit of gas costs now, in wei. */
  readonly readGasPrice: () => Promise<bigint>;
  readonly store: ObjectStore;
  readonly goods: GoodsStore;
  /** The origins that goods may be fetched from: those of the configured object stores. */
  readonly downloadOrigins: readonly string[];
  readonly settings: TradeSettings;
  readonly clock: Clock;
  /** 32 random bytes. */
  readonly randomSalt: () => Hex;
}
