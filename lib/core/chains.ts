import type { Address } from 'viem';

/** How deep an opening must be in the chain before its key is revealed, so that a reorganisation can't undo it. */
export type OpenDepth =
  | { readonly type: 'age'; readonly seconds: number }
  | { readonly type: 'confirmations'; readonly blocks: bigint };

/** The largest share of a trade's price that may be spent on gas. */
export interface GasLimit {
  /** Gas for opening, revealing and paying out together, with a margin for the data fee. */
  readonly gasPerTrade: bigint;
  /** The assumed price of one ether in atomic units of the token; better too high than too low. */
  readonly atomicPerEther: bigint;
  /** Gas may cost at most 1/`oneIn` of the price. */
  readonly oneIn: bigint;
}

/** The terms of trade on a chain; they depend on its speed and its cost. Times in seconds. */
export interface ChainTerms {
  /** How long a buyer waits for a quote. */
  readonly quoteBySeconds: number;
  /** How long a quote can be opened. A buyer accepts at most this much, counted from the end of its wait for a quote. */
  readonly quoteLifeSeconds: number;
  readonly revealWindowSeconds: number;
  readonly disputeWindowSeconds: number;
  readonly openDepth: OpenDepth;
  /** A transaction with a deadline is sent at least this long before it. */
  readonly deadlineMarginSeconds: number;
  /** Life of a presigned URL; it is renewed when less than half is left. */
  readonly urlLifeSeconds: number;
  /** How long after the end of a trade the buyer still tries to download its goods. */
  readonly giveUpReceivingSeconds: number;
  /** How long after a deadline other agents settle or refund the trade in place of its parties. */
  readonly stepInAfterSeconds: number;
  /** The most that a trade's gas may cost; no limit where gas is free. */
  readonly gasLimit: GasLimit | undefined;
}

/** The settings that a program uses on a chain. */
export interface ChainRules {
  /** The maximum price of a unit of gas, in wei, whatever the node asks. */
  readonly maxGasPriceWei: bigint;
  /** The number of newest blocks that are read again each time: a reorganisation or a lagging node may change their events. */
  readonly unsettledBlocks: bigint;
  /** How often the treasury reads the chain. */
  readonly treasuryEverySeconds: number;
  /** The terms of an agent in a container, which beats by itself. */
  readonly trade: ChainTerms;
}

/** The public network of a chain, on which fleets run. */
export interface PublicNetwork {
  /** An RPC without a key. */
  readonly rpcUrl: string;
  /** Circle's USDC: its address in lower case, and the name in its EIP-712 domain. */
  readonly usdc: { readonly address: Address; readonly name: string };
  /** ETH for system agents, in wei: one that holds less than `keepAtLeastWei` is topped up to `topUpToWei`. */
  readonly gasMoney: { readonly keepAtLeastWei: bigint; readonly topUpToWei: bigint };
  /** Whether its tokens are real money: then windows that are too short are refused, since a deployment can't be changed. */
  readonly isRealMoney: boolean;
}

/** One chain and all settings for it. */
export interface Chain extends ChainRules {
  /** The chain id (EIP-155). */
  readonly id: number;
  /** The name in options and files. */
  readonly name: string;
  /** The name in texts for people. */
  readonly title: string;
  /** The minimum windows that its escrow is deployed with, in seconds. */
  readonly escrow: { readonly minRevealWindowSeconds: number; readonly minDisputeWindowSeconds: number };
  /** Absent for a chain that runs in a state folder. */
  readonly network?: PublicNetwork;
}

const GWEI = 1_000_000_000n;

/** The chain that runs beside the agents, on one machine, with or without containers. */
export const embeddedChain: Chain = {
  id: 31_337,
  name: 'embedded',
  title: 'the embedded chain',
  // Sellers quote a longer reveal window, for busy machines.
  escrow: { minRevealWindowSeconds: 20, minDisputeWindowSeconds: 10 },
  maxGasPriceWei: 200n * GWEI,
  // The embedded chain discards old blocks, so only a few are read again.
  unsettledBlocks: 24n,
  // People watch, and a budget day lasts a minute.
  treasuryEverySeconds: 2,
  // Every figure leaves room for beats of half a minute on a busy machine and for a hub that restarts.
  trade: {
    // Ten beats to answer a request, and a quarter of an hour and more to pay for it.
    quoteBySeconds: 300,
    quoteLifeSeconds: 1800,
    // A seller that is killed and restarted after an opening still reveals in time.
    revealWindowSeconds: 180,
    // The buyer confirms within its next beats; if it doesn't, the seller is paid after this.
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
 * Base: real money, a beat every five minutes, a block every two seconds, and a node may be slow.
 *
 * The minimum reveal window is one hour: twelve beats, and longer than any outage of Base's sequencer so far. A short outage
 * doesn't make a seller miss its deadline, and a buyer whose seller goes silent waits an hour, not days. A quote may give
 * more. The dispute window of 24 h is a decision.
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
  // Gas has cost 0.01 gwei on most days and a few gwei on the worst ones.
  maxGasPriceWei: 5n * GWEI,
  // Ten minutes of blocks: a node may lag, and public nodes limit requests.
  unsettledBlocks: 300n,
  treasuryEverySeconds: 60,
  trade: {
    // Six beats to answer a request; two hours to see the quote, download, check and pay.
    quoteBySeconds: 1800,
    quoteLifeSeconds: 7200,
    // Twice the escrow's minimum.
    revealWindowSeconds: 7200,
    disputeWindowSeconds: 86_400,
    // One minute of blocks: no reorganisation was that deep so far, and with a beat every five minutes the wait costs nothing.
    openDepth: { type: 'confirmations', blocks: 30n },
    // A transaction that waits in a full mempool must still be mined before the deadline.
    deadlineMarginSeconds: 300,
    // A container's credentials last at least half an hour when they are issued; a URL expires with them.
    urlLifeSeconds: 1500,
    giveUpReceivingSeconds: 86_400,
    // Three beats for the parties to act themselves.
    stepInAfterSeconds: 900,
    // 110,000 to open and reveal, up to 37,000 to pay a new seller, and a margin for the data fee.
    gasLimit: { gasPerTrade: 200_000n, atomicPerEther: 5_000_000_000n, oneIn: 5n },
  },
};

/** Base's test network, with windows short enough to see a whole trade in an afternoon. Its gas is free. */
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

/** The built-in chains. To add one, add its record. */
export const CHAINS: readonly Chain[] = [embeddedChain, base, baseSepolia];

/** Finds a chain by its id (EIP-155). */
export function chainOfId(id: number): Chain | undefined {
  return CHAINS.find((chain) => chain.id === id);
}

/** The settings for a chain id. An unknown chain gets those of Base: real money, nodes that limit requests. */
export function chainRulesOf(id: number): ChainRules {
  return chainOfId(id) ?? base;
}

/** The built-in chains with a public network, on which fleets run. */
export function publicChains(): readonly (Chain & { readonly network: PublicNetwork })[] {
  return CHAINS.flatMap(({ network, ...chain }) => (network === undefined ? [] : [{ ...chain, network }]));
}

/** Formats a chain id by CAIP-2, as in `eip155:1`. */
export function formatChainId(id: number): `eip155:${number}` {
  return `eip155:${id}`;
}
