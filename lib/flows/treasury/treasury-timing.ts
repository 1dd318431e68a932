/** How often the treasury looks at the chain, and how far back each time. */
export interface TreasuryTiming {
  readonly everySeconds: number;
  /** The newest blocks, which are read again each time. */
  readonly unsettledBlocks: bigint;
}

/** The chain of one machine and of the containers' world. */
const EMBEDDED_CHAIN = 31_337;

/** Where people watch and days last a minute. The chain throws out old blocks, so it is not looked back at far. */
const embeddedTiming: TreasuryTiming = { everySeconds: 2, unsettledBlocks: 24n };

/** Where each question to a node counts, days last a day, and a node may lag: ten minutes of blocks. */
const paidTiming: TreasuryTiming = { everySeconds: 60, unsettledBlocks: 300n };

/** The timing on a chain. One that is not known is taken for one whose nodes count questions. */
export function treasuryTimingOf(chainId: number): TreasuryTiming {
  return chainId === EMBEDDED_CHAIN ? embeddedTiming : paidTiming;
}
