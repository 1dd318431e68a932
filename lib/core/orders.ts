import type { AgentName } from './ids.ts';
import { NO_REQUIREMENTS, type Requirements } from './protocol.ts';
import type { Quarantine } from './quarantine.ts';

/** Why a note of people isn't obeyed, or not any more shown. */
export type WhyNotObeyed =
  | 'unsigned'
  | 'unknown-key'
  | 'bad-signature'
  | 'unreadable'
  | 'older'
  | 'same-second'
  | 'future'
  | 'removed';

/** A note that asks for something else than what is obeyed. */
export interface OrderFinding {
  readonly path: string;
  readonly why: WhyNotObeyed;
  /** The author of the last commit that touched it, if it is known. */
  readonly author: string | undefined;
}

/** What operators ordered and this host obeys: the newest signed note of each path, whatever the vault says there now. */
export interface Orders {
  readonly requirements: Requirements;
  /** Who signed the requirements and when, in seconds since 1970; undefined when nobody required anything. */
  readonly requiredBy: { readonly at: number; readonly keys: readonly string[] } | undefined;
  /** The agents that are in quarantine now. */
  readonly quarantined: ReadonlyMap<AgentName, Quarantine>;
  /** The notes that aren't obeyed, at most {@link MAX_ORDER_FINDINGS}. */
  readonly findings: readonly OrderFinding[];
}

/** Anybody who writes as people could make any number of notes that aren't obeyed; more than these help nobody. */
export const MAX_ORDER_FINDINGS = 20;

/** What holds before anything was ordered. */
export const NO_ORDERS: Orders = {
  requirements: NO_REQUIREMENTS,
  requiredBy: undefined,
  quarantined: new Map(),
  findings: [],
};
