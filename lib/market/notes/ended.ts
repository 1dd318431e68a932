import { isOpenState } from '../../core/facts.ts';
import type { Purchase } from './trade-pairs.ts';
import { tradeState } from './trade-state.ts';

/** Whether a trade has ended on chain and both sides have written so. `now` is block time. */
export function isEnded(trade: Purchase, now: number): boolean {
  const state = tradeState(trade, now, true);
  if (isOpenState(state)) return false;
  const { buyer, seller } = trade;
  const sellerIsDone = seller?.quote === undefined || seller.closed?.state === state;
  return buyer.closed?.state === state && sellerIsDone;
}
