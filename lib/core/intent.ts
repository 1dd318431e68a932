import type { Hex } from 'viem';
import type { AgentName, OfferId, ProductName } from './ids.ts';

/** An action that a policy wants. The flow that handles this type begins it; the reason goes into the log. */
export type Intent =
  | { readonly type: 'request'; readonly offer: OfferId; readonly seller: AgentName; readonly reason: string }
  | {
      readonly type: 'make';
      readonly order: Hex;
      readonly product: ProductName;
      readonly priceAtomic: bigint;
      readonly supersedes: OfferId | undefined;
      readonly reason: string;
    }
  | { readonly type: 'withdraw'; readonly offer: OfferId; readonly reason: string }
  | { readonly type: 'validate'; readonly offer: OfferId; readonly validator: AgentName; readonly reason: string };

/** Something the agent would buy if it were offered: a line in needs.md and a NEED on the channel. */
export interface Need {
  readonly id: Hex;
  readonly product: ProductName;
  readonly maxPriceAtomic: bigint;
  readonly why: string;
}

/** The result of `decide`: the intents, the needs, and one line that explains the beat. */
export interface Decision {
  readonly intents: readonly Intent[];
  readonly needs: readonly Need[];
  /** One line for people: what the agent does now. */
  readonly task: string;
  /** Why, in one line. */
  readonly reason: string;
}
