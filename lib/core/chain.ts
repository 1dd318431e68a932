import type { Address, Hex } from 'viem';

/** The state of a trade on chain. A trade that was never opened has no record and no state. */
export type EscrowState = 'opened' | 'revealed' | 'settled' | 'refunded' | 'disputed';

/** One trade, from the escrow's events. Times are block times in seconds since 1970. */
export interface ChainTrade {
  /** keccak256(buyer, seller, trade id): the escrow's key. */
  readonly key: Hex;
  readonly trade: Hex;
  readonly buyer: Address;
  readonly seller: Address;
  readonly quoteHash: Hex;
  readonly amountAtomic: bigint;
  readonly state: EscrowState;
  /** The end of the current window: the seller can reveal, then the buyer dispute, until this time; refund or settle after it. */
  readonly deadline: number;
  readonly openedAt: number;
  readonly openedBlock: bigint;
  readonly confirmations: bigint;
  /** The key to the sealed bytes, once revealed. */
  readonly revealedKey: Hex | undefined;
  readonly txs: { readonly [State in EscrowState]?: Hex };
}

/** A trade without what changes with every block. */
export type TradeRecord = Omit<ChainTrade, 'confirmations'>;

/** The chain as one agent sees it at one block. */
export interface ChainView {
  readonly chainId: number;
  readonly escrow: Address;
  readonly token: Address;
  readonly blockNumber: bigint;
  /** The block's time, which all deadlines of trades refer to. */
  readonly blockTime: number;
  /** The agent's own balances. */
  readonly usdcAtomic: bigint;
  readonly weiBalance: bigint;
  /** Whether a transaction of this account is pending: then no other is sent, unless `mayReplace`. */
  readonly hasPending: boolean;
  /** Whether this process sent it and it is stuck, so that it is replaced by the same call with higher fees. */
  readonly isStuck: boolean;
  /** Whether it is unknown to this process and stuck, so that the next transaction replaces it. */
  readonly mayReplace: boolean;
  /** The trade under `key`, if it was ever opened. */
  readonly trade: (key: Hex) => ChainTrade | undefined;
  /** All trades that were ever opened, those of others too. */
  readonly records: () => Iterable<TradeRecord>;
}
