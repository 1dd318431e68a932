import { type ChainTerms, chainRulesOf, embeddedChain } from '../../core/chains.ts';

/** The terms on which an agent trades: those of its chain, and what it has room for. Sizes in bytes, amounts in atomic units. */
export interface TradeSettings extends ChainTerms {
  /** Unpaid quotes to one buyer at most. */
  readonly maxUnpaidQuotes: number;
  /** Unpaid sealed bytes of one seller at most; a quarter of it for one buyer. */
  readonly maxUnpaidBytes: number;
  /** Goods larger than this are not bought. */
  readonly maxGoodsBytes: number;
  /** Below this price a trade may be opened and revealed in one transaction. */
  readonly openAndRevealBelowAtomic: bigint;
}

const ROOM: Omit<TradeSettings, keyof ChainTerms> = {
  maxUnpaidQuotes: 4,
  maxUnpaidBytes: 64 * 1024 * 1024,
  // As much as a seller may have out unpaid: more could be sold by nobody.
  maxGoodsBytes: 64 * 1024 * 1024,
  openAndRevealBelowAtomic: 5_000n,
};

/** The terms of one machine, whose agents beat together: short windows, so that a person can watch a whole trade. */
export const embeddedChainSettings: TradeSettings = {
  ...ROOM,
  ...embeddedChain.trade,
  quoteBySeconds: 120,
  quoteLifeSeconds: 900,
  revealWindowSeconds: 40,
  disputeWindowSeconds: embeddedChain.escrow.minDisputeWindowSeconds,
  stepInAfterSeconds: 15,
};

/** The terms on which an agent in a container trades. */
export function tradeSettingsOf(chainId: number): TradeSettings {
  return { ...ROOM, ...chainRulesOf(chainId).trade };
}
