import type { Next } from '../../core/flow.ts';
import { quoteOf, type TradePair } from '../../market/notes/trade-pairs.ts';
import { payBy } from './pay-by.ts';
import type { TradeSettings } from './settings.ts';
import { close, type TradeStep, waitFor } from './step.ts';

/** An authorization that expired is taken for dead only this long after, in seconds: a last block may yet come. */
const EXPIRY_GRACE_SECONDS = 10;

/** What a buyer does next in one of its trades. Pure; `now` is block time. */
export function nextForBuyer(pair: TradePair, now: number, settings: TradeSettings): Next<TradeStep> {
  return pair.chain === undefined ? beforeOpening(pair, now, settings) : onChain(pair, pair.chain, now, settings);
}

function beforeOpening(pair: TradePair, now: number, settings: TradeSettings): Next<TradeStep> {
  const { buyer, seller } = pair;
  if (buyer.closed?.state === 'expired') return { type: 'done' };
  if (buyer.quote === undefined && seller?.declined !== undefined)
    return close(pair, 'buyer', 'expired', `declined: ${seller.declined.reason}`);
  const quote = quoteOf(pair, 'buyer');
  if (quote === undefined) {
    return now > buyer.request.quoteBy
      ? close(pair, 'buyer', 'expired', 'no quote came in time')
      : waitFor(buyer.request.quoteBy + 1, 'waiting for a quote');
  }
  if (buyer.authorization === undefined) {
    const until = Math.min(quote.expiry, payBy(buyer.request, settings));
    return now >= until - settings.deadlineMarginSeconds
      ? close(pair, 'buyer', 'expired', 'the time to pay is over')
      : { type: 'step', step: { type: 'authorize', pair }, reason: 'the quote is here: check the goods, then pay' };
  }
  return now >= quote.expiry + EXPIRY_GRACE_SECONDS
    ? close(pair, 'buyer', 'expired', 'the seller never opened the trade')
    : waitFor(quote.expiry + EXPIRY_GRACE_SECONDS, 'waiting for the seller to open');
}

function onChain(
  pair: TradePair,
  chain: NonNullable<TradePair['chain']>,
  now: number,
  settings: TradeSettings,
): Next<TradeStep> {
  const { buyer } = pair;
  const mayReceive =
    buyer.received === undefined &&
    buyer.fault === undefined &&
    chain.revealedKey !== undefined &&
    now < chain.deadline + settings.giveUpReceivingSeconds;
  switch (chain.state) {
    case 'opened':
      return waitFor(chain.deadline, 'waiting for the key');
    case 'revealed':
      if (mayReceive)
        return { type: 'step', step: { type: 'receive', pair }, reason: 'the key is public: open the goods' };
      return waitFor(chain.deadline, 'waiting for the payout');
    case 'settled':
      if (mayReceive) return { type: 'step', step: { type: 'receive', pair }, reason: 'paid for and not opened yet' };
      return closedAs(pair, 'settled', 'the seller is paid');
    case 'refunded':
      return closedAs(pair, 'refunded', 'the key never came: the money is back');
    case 'disputed':
      return closedAs(pair, 'disputed', 'the goods were not what was promised');
  }
}

function closedAs(pair: TradePair, state: 'settled' | 'refunded' | 'disputed', reason: string): Next<TradeStep> {
  return pair.buyer.closed?.state === state ? { type: 'done' } : close(pair, 'buyer', state, reason);
}
