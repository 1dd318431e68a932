import { type ChainTerms, chainRulesOf, embeddedChain } from '../../core/chains.ts';
import { MAX_GOODS_BYTES } from '../../core/goods-bounds.ts';

/** The terms and limits with which an agent trades. Sizes in bytes, amounts in atomic units. */
export interface TradeSettings extends ChainTerms {
  /** The maximum number of unpaid quotes to one buyer. */
  readonly maxUnpaidQuotes: number;
  /** The maximum of a seller's unpaid sealed bytes; a quarter of it for one buyer. */
  readonly maxUnpaidBytes: number;
  /** The maximum size of goods that are bought, whatever the product. */
  readonly maxGoodsBytes: number;
  /** Below this price a trade may be opened and revealed in one transaction. */
  readonly openAndRevealBelowAtomic: bigint;
}

const LIMITS: Omit<TradeSettings, keyof ChainTerms> = {
  maxUnpaidQuotes: 4,
  maxUnpaidBytes: MAX_GOODS_BYTES,
  maxGoodsBytes: MAX_GOODS_BYTES,
  openAndRevealBelowAtomic: 5_000n,
};

/** The terms on one machine, whose agents beat together: short windows, so that a person can watch a whole trade. */
export const embeddedChainSettings: TradeSettings = {
  ...LIMITS,
  ...embeddedChain.trade,
  quoteBySeconds: 120,
  quoteLifeSeconds: 900,
  revealWindowSeconds: 40,
  disputeWindowSeconds: embeddedChain.escrow.minDisputeWindowSeconds,
  stepInAfterSeconds: 15,
};

/** The terms on which an agent in a container trades. */
export function tradeSettingsOf(chainId: number): TradeSettings {
  return { ...LIMITS, ...chainRulesOf(chainId).trade };
}
