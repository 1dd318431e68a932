import type { Next } from '../../core/flow.ts';
import type { AgentName, OfferId } from '../../core/ids.ts';
import type { TradePair } from '../../market/notes/trade-pairs.ts';

/** One act in a trade. Every one of them is safe to repeat. */
export type TradeStep =
  | { readonly type: 'request'; readonly offer: OfferId; readonly seller: AgentName }
  | { readonly type: 'quote' | 'renew'; readonly pair: TradePair }
  | { readonly type: 'authorize' | 'receive'; readonly pair: TradePair }
  | { readonly type: 'open' | 'reveal' | 'confirm' | 'settle' | 'refund'; readonly pair: TradePair }
  | {
      readonly type: 'close';
      readonly pair: TradePair;
      readonly side: 'buyer' | 'seller';
      readonly state: 'settled' | 'refunded' | 'disputed' | 'expired';
    }
  | { readonly type: 'hasten' };

/** Whether a step sends a transaction, which waits while another of the same account is in flight. */
export function sendsTransaction(step: TradeStep): boolean {
  switch (step.type) {
    case 'open':
    case 'reveal':
    case 'confirm':
    case 'settle':
    case 'refund':
    case 'hasten':
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

/** Writes the end of a trade into the agent's own note. */
export function close(
  pair: TradePair,
  side: 'buyer' | 'seller',
  state: 'settled' | 'refunded' | 'disputed' | 'expired',
  reason: string,
): Next<TradeStep> {
  return { type: 'step', step: { type: 'close', pair, side, state }, reason };
}

/** Looks again at a block time. */
export function waitFor(until: number, reason: string): Next<TradeStep> {
  return { type: 'wait', until, reason };
}
