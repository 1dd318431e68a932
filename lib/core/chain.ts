import type { Address, Hex } from 'viem';

/** Where a trade stands on chain. `none` is the absence of a record: not opened. */
export type EscrowState = 'opened' | 'revealed' | 'settled' | 'refunded' | 'disputed';

/** One trade as the escrow's events tell it. Times are block times in seconds since 1970. */
export interface ChainTrade {
  /** keccak256(buyer, seller, trade id): the escrow's key. */
  readonly key: Hex;
  readonly trade: Hex;
  readonly buyer: Address;
  readonly seller: Address;
  readonly quoteHash: Hex;
  readonly amountAtomic: bigint;
  readonly state: EscrowState;
  /** The time until which the next action is allowed and after which the exit is: reveal, then dispute. */
  readonly deadline: number;
  readonly openedAt: number;
  readonly openedBlock: bigint;
  readonly confirmations: bigint;
  /** The key to the sealed bytes, once revealed. */
  readonly revealedKey: Hex | undefined;
  readonly txs: { readonly [State in EscrowState]?: Hex };
}

/** One agent's look at the chain, all of it as of one block. */
export interface ChainView {
  readonly chainId: number;
  readonly escrow: Address;
  readonly token: Address;
  readonly blockNumber: bigint;
  /** The block's time: the only time the trade knows. */
  readonly blockTime: number;
  /** The agent's own balances. */
  readonly usdcAtomic: bigint;
  readonly weiBalance: bigint;
  /** Whether a transaction of this account is pending: then nothing more is sent, but for `mayReplace`. */
  readonly inFlight: boolean;
  /** Whether it was sent from here, so long ago that it is replaced by the same call at higher fees. */
  readonly isStuck: boolean;
  /** Whether it was not sent from here and is stuck, so that the next transaction replaces it. */
  readonly mayReplace: boolean;
  /** The trade under `key`, if it was ever opened. */
  readonly trade: (key: Hex) => ChainTrade | undefined;
}
