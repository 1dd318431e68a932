import type { Address } from 'viem';
import { isOpenState } from '../../core/facts.ts';
import type { AgentName } from '../../core/ids.ts';
import { isEnded } from '../notes/ended.ts';
import { type Purchase, quoteOf, type Sale } from '../notes/trade-pairs.ts';
import { tradeState } from '../notes/trade-state.ts';

/** The times that the rules compare with; all in seconds since 1970. */
export interface ArchiveTimes {
  /** Block time. */
  readonly now: number;
  /** The end of the period that is archived. */
  readonly until: number;
  /** How long after its last deadline a trade moves although a side never closed its note. */
  readonly leftAfterSeconds: number;
}

/** The wallets of the agents, proven in their own folders. */
export type Wallets = Pick<ReadonlyMap<AgentName, Address>, 'get'>;

/**
 * Whether a trade's notes may move: it has ended by the end of the period, on chain or without ever having been opened, nothing
 * can open it any more, and both sides have closed their notes, or one left it long ago.
 */
export function mayMove(trade: Purchase | Sale, times: ArchiveTimes): boolean {
  const { now, until, leftAfterSeconds } = times;
  if (trade.terms.requestedAt >= until) return false;
  const { chain } = trade;
  // While the chain says that it is open, no note and no time says otherwise.
  if (chain !== undefined && isOpenState(chain.state)) return false;
  const lastDeadline = deadlineOf(trade);
  // A signed payment that is out can be used until then, whatever the notes say.
  if (chain === undefined && (now <= lastDeadline || lastDeadline >= until)) return false;
  if (lastDeadline + leftAfterSeconds < until) return true;
  return isClosed(trade, now) && closings(trade).every((at) => at < until);
}

/** Whether the wallet that an agent has proven is the one that signed as this side: else the note is not of a trade of its own. */
export function isOwn(trade: Purchase | Sale, wallets: Wallets): boolean {
  const { request, terms, side } = trade;
  // A seller keeps no request that it declined, so nothing was signed there.
  if (request === undefined) return side === 'seller';
  return wallets.get(terms[side]) === request[side];
}

/** The last time at which anything can happen to a trade that isn't open on chain. */
function deadlineOf(trade: Purchase | Sale): number {
  const { chain, request, buyer, terms } = trade;
  if (chain !== undefined) return chain.deadline;
  const quote = quoteOf(trade);
  const asked = request?.quoteBy ?? terms.requestedAt;
  return quote !== undefined && (buyer?.authorization !== undefined || trade.side === 'seller')
    ? Math.max(asked, quote.expiry)
    : asked;
}

function isClosed(trade: Purchase | Sale, now: number): boolean {
  if (trade.side === 'buyer') return isEnded(trade, now);
  const { seller } = trade;
  const state = tradeState(trade, now, true);
  return !isOpenState(state) && (seller.quote === undefined || seller.closed?.state === state);
}

function closings({ buyer, seller }: Purchase | Sale): readonly number[] {
  return [buyer?.closed?.at, seller?.closed?.at].filter((at) => at !== undefined);
}
