import type { Address } from 'viem';

/** How deep an opening must be before its key is revealed: so deep that it can't be undone. */
export type OpenDepth =
  | { readonly type: 'age'; readonly seconds: number }
  | { readonly type: 'confirmations'; readonly blocks: bigint };

/** How much of a trade's price its gas may take, where gas costs money. */
export interface GasLimit {
  /** What opening, revealing and paying out take together, in units of gas, with a margin for the data's fee. */
  readonly gasPerTrade: bigint;
  /** What one ether is taken to be worth, in atomic units of the token: rather too much than too little. */
  readonly atomicPerEther: bigint;
  /** The gas may cost at most one part in so many of the price. */
  readonly oneIn: bigint;
}

/** What a chain's speed and money make of the terms of trade. Times in seconds. */
export interface ChainTerms {
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
  /** After the end of a trade whose goods never arrived, the buyer stops trying after this. */
  readonly giveUpReceivingSeconds: number;
  /** How long after a deadline anyone else steps in for the parties. */
  readonly stepInAfterSeconds: number;
  /** What a trade's gas may cost; no limit where gas is a gift. */
  readonly gasLimit: GasLimit | undefined;
}

/** How a program behaves on a chain. */
export interface ChainRules {
  /** The most that a unit of gas may cost, in wei, whatever the node says. */
  readonly maxGasPriceWei: bigint;
  /** The newest blocks, which are read again each time: events there may still move or vanish, or a node may lag. */
  readonly unsettledBlocks: bigint;
  /** How often the treasury looks at the chain. */
  readonly treasuryEverySeconds: number;
  /** The terms of an agent in a container, which beats by itself. */
  readonly trade: ChainTerms;
}

/** A chain that anybody can reach, and that fleets run on. */
export interface PublicNetwork {
  /** An RPC without a key. */
  readonly rpcUrl: string;
  /** Circle's USDC: its address in lower case, and the name in its EIP-712 domain. */
  readonly usdc: { readonly address: Address; readonly name: string };
  /** ETH that a system agent is given: below the first it gets as much as makes the second, both in wei. */
  readonly gasMoney: { readonly keepAtLeastWei: bigint; readonly topUpToWei: bigint };
  /** Whether its money is worth something: then what is deployed with too short windows can't be mended. */
  readonly isRealMoney: boolean;
}

/** All that this project knows of one chain. */
export interface Chain extends ChainRules {
  /** Its number by EIP-155. */
  readonly id: number;
  /** What it is called in options and files. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** The least windows that its escrow is deployed with, in seconds. */
  readonly escrow: { readonly minRevealWindowSeconds: number; readonly minDisputeWindowSeconds: number };
  /** Absent for a chain that lives in a state folder. */
  readonly network?: PublicNetwork;
}

const GWEI = 1_000_000_000n;

/** The chain that runs beside the agents: on one machine and in the containers' world. */
export const embeddedChain: Chain = {
  id: 31_337,
  name: 'embedded',
  title: 'the embedded chain',
  // Sellers quote a longer reveal window, for busy machines.
  escrow: { minRevealWindowSeconds: 20, minDisputeWindowSeconds: 10 },
  maxGasPriceWei: 200n * GWEI,
  // The chain throws out old blocks, so it is not looked back at far.
  unsettledBlocks: 24n,
  // People watch, and days last a minute.
  treasuryEverySeconds: 2,
  // Every figure leaves room for beats of half a minute on a busy machine and for a hub that restarts.
  trade: {
    // Ten beats to answer a request, and a quarter of an hour and more to pay for it.
    quoteBySeconds: 300,
    quoteLifeSeconds: 1800,
    // A seller that is killed and restarted while an opening grows deep still reveals in time.
    revealWindowSeconds: 180,
    // The buyer confirms within its next beats; silence pays the seller after this.
    disputeWindowSeconds: 60,
    openDepth: { type: 'age', seconds: 3 },
    deadlineMarginSeconds: 4,
    urlLifeSeconds: 600,
    giveUpReceivingSeconds: 3600,
    stepInAfterSeconds: 60,
    gasLimit: undefined,
  },
};

/**
 * Base: the money is real, beats take five minutes, blocks two seconds, and a node may be slow.
 *
 * The least time to reveal is an hour: a dozen beats, and longer than Base's sequencer has stood still so far, so that no
 * short halt makes a seller miss its deadline, while a buyer whose seller goes silent waits an hour and not days. It is a
 * floor: a quote may give more. 24 h to dispute are decided.
 */
export const base: Chain & { readonly network: PublicNetwork } = {
  id: 8453,
  name: 'base',
  title: 'Base',
  network: {
    rpcUrl: 'https://mainnet.base.org',
    usdc: { address: '0x833589fcd6edb6e08f4c7c32d4f71b54bda02913', name: 'USD Coin' },
    gasMoney: { keepAtLeastWei: 500_000n * GWEI, topUpToWei: 2_000_000n * GWEI },
    isRealMoney: true,
  },
  escrow: { minRevealWindowSeconds: 3600, minDisputeWindowSeconds: 86_400 },
  // Gas has cost a hundredth of a gwei on most days and a few on the worst ones.
  maxGasPriceWei: 5n * GWEI,
  // Ten minutes of blocks: a node may lag, and each question to it counts.
  unsettledBlocks: 300n,
  treasuryEverySeconds: 60,
  trade: {
    // Six beats to answer a request; two hours to see the quote, download, check and pay.
    quoteBySeconds: 1800,
    quoteLifeSeconds: 7200,
    // Twice the least that the escrow takes.
    revealWindowSeconds: 7200,
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
  },
};

/** Base's rehearsal, with windows short enough to see a whole trade in an afternoon. Its gas is a gift. */
export const baseSepolia: Chain & { readonly network: PublicNetwork } = {
  ...base,
  id: 84_532,
  name: 'base-sepolia',
  title: 'Base Sepolia',
  network: {
    ...base.network,
    rpcUrl: 'https://sepolia.base.org',
    usdc: { address: '0x036cbd53842c5426634e7929541ec2318f3dcf7e', name: 'USDC' },
    isRealMoney: false,
  },
  escrow: { minRevealWindowSeconds: 600, minDisputeWindowSeconds: 900 },
  maxGasPriceWei: 20n * GWEI,
  trade: {
    ...base.trade,
    revealWindowSeconds: 1800,
    disputeWindowSeconds: 900,
    giveUpReceivingSeconds: 14_400,
    gasLimit: undefined,
  },
};

/** The chains that come with the program. To add one, add its record. */
export const CHAINS: readonly Chain[] = [embeddedChain, base, baseSepolia];

/** Finds a chain by its number (EIP-155). */
export function chainOfId(id: number): Chain | undefined {
  return CHAINS.find((chain) => chain.id === id);
}

/** How to behave on a chain. One that is not known is taken for one with real money, whose nodes count questions. */
export function chainRulesOf(id: number): ChainRules {
  return chainOfId(id) ?? base;
}

/** The chains that anybody can reach, and that fleets run on. */
export function publicChains(): readonly (Chain & { readonly network: PublicNetwork })[] {
  return CHAINS.flatMap(({ network, ...chain }) => (network === undefined ? [] : [{ ...chain, network }]));
}

/** A chain's id by CAIP-2, as in `eip155:1`. */
export function formatChainId(id: number): `eip155:${number}` {
  return `eip155:${id}`;
}
