import type { Hex } from 'viem';
import type { AgentName, OfferId, ProductName, TradeId } from './ids.ts';

/** The states of a trade, for people and policies. An `expired` trade was never opened; nobody lost anything. */
export const TRADE_STATES = [
  'requested',
  'quoted',
  'authorized',
  'opened',
  'revealed',
  'settled',
  'refunded',
  'disputed',
  'expired',
] as const;
export type TradeState = (typeof TRADE_STATES)[number];

/** Whether a trade in this state is not ended yet. */
export function isOpenState(state: TradeState): boolean {
  switch (state) {
    case 'requested':
    case 'quoted':
    case 'authorized':
    case 'opened':
    case 'revealed':
      return true;
    case 'settled':
    case 'refunded':
    case 'disputed':
    case 'expired':
      return false;
  }
}

/** A live offer with a valid signature. */
export interface OfferFact {
  readonly id: OfferId;
  readonly seller: AgentName;
  readonly product: ProductName;
  /** The pseudonym or day that the goods are about; empty if none. */
  readonly subject: string;
  readonly title: string;
  readonly topics: readonly string[];
  readonly priceAtomic: bigint;
  readonly unitCount: number;
  readonly sizeBytes: number;
  readonly createdAt: number;
  readonly contentRoot: Hex;
  readonly contentDigest: Hex;
  /** The work order it was made by. */
  readonly orderKey: Hex;
  /** The digests of the inputs it was made from. */
  readonly inputs: readonly Hex[];
  /** The buyer, if the offer is for only one. */
  readonly forAgent: AgentName | undefined;
  /** The offer that a validation report is about, and what the report found. */
  readonly report: { readonly offer: OfferId; readonly verdict: 'passed' | 'failed' } | undefined;
}

/** One of the agent's own trades, as buyer or seller. */
export interface TradeFact {
  readonly id: TradeId;
  readonly side: 'buyer' | 'seller';
  readonly counterparty: AgentName;
  readonly product: ProductName;
  readonly offer: OfferId;
  readonly subject: string;
  readonly contentRoot: Hex | undefined;
  readonly state: TradeState;
  readonly amountAtomic: bigint;
  readonly requestedAt: number;
  /** Whether this agent, as buyer, didn't pay because the goods were not available as quoted. */
  readonly isUndelivered: boolean;
}

/**
 * A trade that the agent has paid for on chain and that no note of the vault tells of: the vault is older than the chain, as after
 * a restore.
 */
export interface LostPurchase {
  /** Undefined for a wallet of nobody in the vault. */
  readonly seller: AgentName | undefined;
  /** What was bought; undefined while that can't be read. */
  readonly contentRoot: Hex | undefined;
  readonly amountAtomic: bigint;
  readonly openedAt: number;
}

/** The agent's budget. All amounts in atomic units. */
export interface BudgetFact {
  /** The number of the current budget day: block or clock time divided by the length of a day. */
  readonly day: number;
  /** When the current budget day began, in seconds since 1970. */
  readonly dayStartedAt: number;
  readonly dailyAtomic: bigint;
  readonly reserveAtomic: bigint;
  readonly balanceAtomic: bigint;
  /** Spent on trades opened today, whether settled or not. */
  readonly spentAtomic: bigint;
  /** Requests and authorizations that the escrow has not pulled yet. */
  readonly committedAtomic: bigint;
  /** What may go into new requests today. */
  readonly availableAtomic: bigint;
  /** The maximum size of goods that the agent buys, in bytes. */
  readonly maxGoodsBytes: number;
  /** What may go into a backlog bundle: the balance above the reserve and above what is committed. */
  readonly endowmentAtomic: bigint;
}

/** The market from the view of one agent. */
export interface MarketFacts {
  /** Others' live offers. */
  readonly offers: readonly OfferFact[];
  readonly myOffers: readonly OfferFact[];
  readonly trades: readonly TradeFact[];
  readonly lost: readonly LostPurchase[];
  /** The paths of valid request notes that wait for this agent's answer. */
  readonly requests: ReadonlySet<string>;
  readonly budget: BudgetFact;
}

/** Something the agent could make from what it has. */
export interface OrderFact {
  readonly key: Hex;
  readonly product: ProductName;
  readonly subject: string;
  readonly title: string;
  readonly topics: readonly string[];
  readonly rank: number;
  readonly unitCount: number;
  readonly inputs: readonly Hex[];
  /** Its share of the cost of its inputs, before that is spread over the expected sales. */
  readonly inputCostAtomic: bigint;
}

/** The state of the agent's workshop: what it could make, and what it is doing. */
export interface WorkFacts {
  readonly orders: readonly OrderFact[];
  /** The digests of all current inputs; an offer made from none of them is out of date. */
  readonly inputs: ReadonlySet<Hex>;
  /** The digests of inputs that only left the window. An input in neither set was replaced or must not be used any more. */
  readonly past: ReadonlySet<Hex>;
  /** Whether all its inputs have been read; while false, orders may be missing and nothing is withdrawn. */
  readonly complete: boolean;
  /** One line for people, as in `reading day 20 of 153`. */
  readonly status: string;
  readonly problems: readonly string[];
}

/** The workshop of an agent that has nothing to make. */
export const idleWork: WorkFacts = {
  orders: [],
  inputs: new Set(),
  past: new Set(),
  complete: true,
  status: 'at rest',
  problems: [],
};
