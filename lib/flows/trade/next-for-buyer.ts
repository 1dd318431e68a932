import type { ChainTrade } from '../../core/chain.ts';
import type { Next } from '../../core/flow.ts';
import type { Purchase } from '../../market/notes/trade-pairs.ts';
import { standingOf } from '../../market/notes/trade-state.ts';
import { payBy } from './pay-by.ts';
import type { TradeSettings } from './settings.ts';
import { close, type TradeStep, waitFor } from './step.ts';

/** A trade is closed this long after its authorization expired, in seconds, because a last opening may still be mined. */
const EXPIRY_GRACE_SECONDS = 10;

/** What a buyer does next in one of its trades. Pure; `now` is block time. */
export function nextForBuyer(trade: Purchase, now: number, settings: TradeSettings): Next<TradeStep> {
  const standing = standingOf(trade);
  switch (standing.type) {
    case 'requested':
      return now > standing.until
        ? close(trade, 'expired', 'no quote came in time')
        : waitFor(standing.until + 1, 'waiting for a quote');
    case 'declined':
      return close(trade, 'expired', `declined: ${standing.reason}`);
    case 'quoted': {
      const until = Math.min(standing.quote.expiry, payBy(trade.request, settings));
      return now >= until - settings.deadlineMarginSeconds
        ? close(trade, 'expired', 'the time to pay is over')
        : { type: 'step', step: { type: 'authorize', trade }, reason: 'the quote is here: check the goods, then pay' };
    }
    case 'authorized': {
      const dead = standing.quote.expiry + EXPIRY_GRACE_SECONDS;
      return now >= dead
        ? close(trade, 'expired', 'the seller never opened the trade')
        : waitFor(dead, 'waiting for the seller to open');
    }
    case 'expired':
      return { type: 'done' };
    case 'opened':
      return waitFor(standing.chain.deadline, 'waiting for the key');
    case 'revealed':
      return mayReceive(trade, standing.chain, now, settings)
        ? { type: 'step', step: { type: 'receive', trade }, reason: 'the key is public: open the goods' }
        : waitFor(standing.chain.deadline, 'waiting for the payout');
    case 'settled':
      return mayReceive(trade, standing.chain, now, settings)
        ? { type: 'step', step: { type: 'receive', trade }, reason: 'paid for and not opened yet' }
        : close(trade, 'settled', 'the seller is paid');
    case 'refunded':
      return close(trade, 'refunded', 'the key never came: the money is back');
    case 'disputed':
      return close(trade, 'disputed', 'the goods were not what was promised');
  }
}

function mayReceive({ buyer }: Purchase, chain: ChainTrade, now: number, settings: TradeSettings): boolean {
  const isWanted = buyer.received === undefined && buyer.fault === undefined;
  return isWanted && chain.revealedKey !== undefined && now < chain.deadline + settings.giveUpReceivingSeconds;
}
