import type { Next } from '../../core/flow.ts';
import type { AgentName, OfferId } from '../../core/ids.ts';
import type { Purchase, Sale, Trade } from '../../market/notes/trade-pairs.ts';

/** How a trade ends. */
export type TradeEnd = 'settled' | 'refunded' | 'disputed' | 'expired';

/** One step of a trade, safe to repeat. */
export type TradeStep =
  | { readonly type: 'request'; readonly offer: OfferId; readonly seller: AgentName }
  | { readonly type: 'quote' | 'authorize' | 'receive'; readonly trade: Purchase }
  | { readonly type: 'renew'; readonly trade: Sale }
  | { readonly type: 'open' | 'reveal' | 'confirm' | 'settle' | 'refund'; readonly trade: Trade }
  | { readonly type: 'close'; readonly trade: Trade; readonly state: TradeEnd }
  | { readonly type: 'replace-stuck' };

/** Whether a step sends a transaction. Such a step waits while another transaction of the account is pending. */
export function sendsTransaction(step: TradeStep): boolean {
  switch (step.type) {
    case 'open':
    case 'reveal':
    case 'confirm':
    case 'settle':
    case 'refund':
    case 'replace-stuck':
      return true;
    case 'request':
    case 'quote':
    case 'renew':
    case 'authorize':
    case 'receive':
    case 'close':
      return false;
  }
}

/**
 * Whether a step only ends a trade that was agreed before: what an agent in quarantine still does. It opens nothing, since that
 * takes a buyer's money, and answers nobody; it reveals, since its buyer has paid, and pays, takes and hands over what is due.
 */
export function endsTrade(step: TradeStep): boolean {
  switch (step.type) {
    case 'reveal':
    case 'confirm':
    case 'settle':
    case 'refund':
    case 'renew':
    case 'receive':
    case 'close':
    case 'replace-stuck':
      return true;
    case 'request':
    case 'quote':
    case 'authorize':
    case 'open':
      return false;
  }
}

/** The step that writes the end of a trade into the agent's own note; nothing if the note already has it. */
export function close(trade: Trade, state: TradeEnd, reason: string): Next<TradeStep> {
  const own = trade.side === 'buyer' ? trade.buyer : trade.seller;
  return own.closed?.state === state
    ? { type: 'done' }
    : { type: 'step', step: { type: 'close', trade, state }, reason };
}

/** Waits until a block time. */
export function waitFor(until: number, reason: string): Next<TradeStep> {
  return { type: 'wait', until, reason };
}
