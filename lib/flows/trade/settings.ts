import type { GasLimit } from './gas-limit.ts';

/** How deep an opening must be before its key is revealed: so deep that it can't be undone. */
export type OpenDepth =
  | { readonly type: 'age'; readonly seconds: number }
  | { readonly type: 'confirmations'; readonly blocks: bigint };

/** The terms on which an agent trades. Times in seconds, sizes in bytes, amounts in atomic units. */
export interface TradeSettings {
  /** How long a buyer waits for a quote. */
  readonly quoteBySeconds: number;
  /** How long a quote can be opened, and the longest that a buyer accepts, from the end of its wait for one. */
  readonly quoteLifeSeconds: number;
  readonly revealWindowSeconds: number;
  readonly disputeWindowSeconds: number;
  readonly openDepth: OpenDepth;
  /** Nothing that must be mined before a deadline is sent later than this before it. */
  readonly deadlineMarginSeconds: number;
  /** Life of a presigned URL; it is renewed when less than half is left. */
  readonly urlLifeSeconds: number;
  /** Unpaid quotes to one buyer at most. */
  readonly maxUnpaidQuotes: number;
  /** Unpaid sealed bytes of one seller at most; a quarter of it for one buyer. */
  readonly maxUnpaidBytes: number;
  /** Goods larger than this are not bought. */
  readonly maxGoodsBytes: number;
  /** Below this price a trade may be opened and revealed in one transaction. */
  readonly openAndRevealBelowAtomic: bigint;
  /** After the end of a trade whose goods never arrived, the buyer stops trying after this. */
  readonly giveUpReceivingSeconds: number;
  /** How long after a deadline anyone else steps in for the parties. */
  readonly stepInAfterSeconds: number;
  /** What a trade's gas may cost; no limit where gas is a gift. */
  readonly gasLimit: GasLimit | undefined;
}

/** The terms on the embedded chain: short windows, so that a person can watch a whole trade. */
export const embeddedChainSettings: TradeSettings = {
  quoteBySeconds: 120,
  quoteLifeSeconds: 900,
  revealWindowSeconds: 40,
  disputeWindowSeconds: 10,
  openDepth: { type: 'age', seconds: 3 },
  deadlineMarginSeconds: 4,
  urlLifeSeconds: 600,
  maxUnpaidQuotes: 4,
  maxUnpaidBytes: 64 * 1024 * 1024,
  // As much as a seller may have out unpaid: more could be sold by nobody.
  maxGoodsBytes: 64 * 1024 * 1024,
  openAndRevealBelowAtomic: 5_000n,
  giveUpReceivingSeconds: 3600,
  stepInAfterSeconds: 15,
  gasLimit: undefined,
};

/**
 * The terms of a container that beats by itself, where the chain is the embedded one: every figure leaves room for beats of
 * half a minute on a busy machine and for a hub that restarts.
 */
const containerSettings: TradeSettings = {
  ...embeddedChainSettings,
  // Ten beats to answer a request, and a quarter of an hour and more to pay for it.
  quoteBySeconds: 300,
  quoteLifeSeconds: 1800,
  // A seller that is killed and restarted while an opening grows deep still reveals in time.
  revealWindowSeconds: 180,
  // The buyer confirms within its next beats; silence pays the seller after this.
  disputeWindowSeconds: 60,
  stepInAfterSeconds: 60,
};

/** The terms where the money is real: beats of five minutes, blocks of two seconds, a node that may be slow. */
const baseSettings: TradeSettings = {
  ...embeddedChainSettings,
  // Six beats to answer a request; two hours to see the quote, download, check and pay.
  quoteBySeconds: 1800,
  quoteLifeSeconds: 7200,
  // Twice the least that the escrow takes there: longer than the sequencer has stood still so far.
  revealWindowSeconds: 7200,
  // Decided: a buyer has a day to dispute.
  disputeWindowSeconds: 86_400,
  // A minute of blocks. The sequencer has not gone back that far, and with beats of minutes the wait costs nothing.
  openDepth: { type: 'confirmations', blocks: 30n },
  // A transaction that a full mempool holds up must still be mined before the deadline.
  deadlineMarginSeconds: 300,
  // Credentials of a container are good for at least half an hour when they are handed out; a URL ends with them.
  urlLifeSeconds: 1500,
  giveUpReceivingSeconds: 86_400,
  // Three beats for the parties themselves.
  stepInAfterSeconds: 900,
  // 110,000 to open and reveal, up to 37,000 to pay a new seller, and a margin for the fee of the data.
  gasLimit: { gasPerTrade: 200_000n, atomicPerEther: 5_000_000_000n, oneIn: 5n },
};

/** The terms of a rehearsal: Base's, with windows short enough to see a whole trade in an afternoon. */
const baseSepoliaSettings: TradeSettings = {
  ...baseSettings,
  revealWindowSeconds: 1800,
  disputeWindowSeconds: 900,
  giveUpReceivingSeconds: 14_400,
  gasLimit: undefined,
};

const BY_CHAIN: ReadonlyMap<number, TradeSettings> = new Map([
  [31_337, containerSettings],
  [84_532, baseSepoliaSettings],
  [8453, baseSettings],
]);

/** The terms on which an agent in a container trades. A chain that is not known is taken for one with real money. */
export function tradeSettingsOf(chainId: number): TradeSettings {
  return BY_CHAIN.get(chainId) ?? baseSettings;
}
