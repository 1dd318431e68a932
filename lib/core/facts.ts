import type { Hex } from 'viem';
import type { AgentName, OfferId, ProductName, TradeId } from './ids.ts';

/** Where a trade stands, for people and policies. `expired` was never opened; nobody lost anything. */
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

/** Whether a trade still needs someone to act. */
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

/** A live offer whose signature is good. */
export interface OfferFact {
  readonly id: OfferId;
  readonly seller: AgentName;
  readonly product: ProductName;
  /** The pseudonym or day it is about; empty if none. */
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
  /** Whom it is for, where it is for one buyer. */
  readonly forAgent: AgentName | undefined;
  /** The offer that a validation report is about, and what the report found. */
  readonly report: { readonly offer: OfferId; readonly verdict: 'passed' | 'failed' } | undefined;
}

/** One of the agent's own trades, of either side. */
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
  /** Whether it was bought, quoted and never paid, because the goods were not to be had as they were quoted. */
  readonly isUndelivered: boolean;
}

/** What the agent may spend. All amounts in atomic units. */
export interface BudgetFact {
  /** The number of the current day of budgets: block or clock time divided by the length of a day. */
  readonly day: number;
  /** When the current day of budgets began, in seconds since 1970. */
  readonly dayStartedAt: number;
  readonly dailyAtomic: bigint;
  readonly reserveAtomic: bigint;
  readonly balanceAtomic: bigint;
  /** Paid for trades opened today, whether settled or not. */
  readonly spentAtomic: bigint;
  /** Requests and authorizations that the escrow has not pulled yet. */
  readonly committedAtomic: bigint;
  /** What may go into new requests today. */
  readonly availableAtomic: bigint;
  /** Goods larger than this are not bought, in bytes. */
  readonly maxGoodsBytes: number;
  /** What may go into a backlog bundle: the balance above the reserve and above what is committed. */
  readonly endowmentAtomic: bigint;
}

/** The market as one agent sees it. */
export interface MarketFacts {
  /** Others' live offers. */
  readonly offers: readonly OfferFact[];
  readonly myOffers: readonly OfferFact[];
  readonly trades: readonly TradeFact[];
  /** The paths of the notes with requests that wait for an answer of this agent and are what they claim to be. */
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
  /** Its share of what its inputs cost, before it is spread over the expected sales. */
  readonly inputCostAtomic: bigint;
}

/** The agent's workshop as it stands: what it could make, and what it is busy with. */
export interface WorkFacts {
  readonly orders: readonly OrderFact[];
  /** The digests of all inputs that count now; an offer made from none of them is out of date. */
  readonly inputs: ReadonlySet<Hex>;
  /** The digests of inputs that only left the window. What is in neither set is gone: replaced, or not to be used any more. */
  readonly past: ReadonlySet<Hex>;
  /** Whether all its inputs have been read; while false, orders may be missing and nothing is withdrawn. */
  readonly complete: boolean;
  /** One line for people, as in `reading day 20 of 153`. */
  readonly status: string;
  readonly problems: readonly string[];
}

/** The workshop of an agent that has nothing to make. */
export const atRest: WorkFacts = {
  orders: [],
  inputs: new Set(),
  past: new Set(),
  complete: true,
  status: 'at rest',
  problems: [],
};
