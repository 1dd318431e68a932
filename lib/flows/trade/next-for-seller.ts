import type { ChainTrade } from '../../core/chain.ts';
import type { OpenDepth } from '../../core/chains.ts';
import type { Next } from '../../core/flow.ts';
import type { TradePair } from '../../market/notes/trade-pairs.ts';
import type { TradeSettings } from './settings.ts';
import { close, type TradeStep, waitFor } from './step.ts';

/** A quote that expired is taken for dead only this long after, in seconds: a last opening may yet be mined. */
const EXPIRY_GRACE_SECONDS = 10;

/** What a seller does next in one of its trades. Pure; `now` is block time. */
export function nextForSeller(
  pair: TradePair,
  mayQuote: boolean,
  now: number,
  settings: TradeSettings,
): Next<TradeStep> {
  // Without a quote of its own nothing on chain is the seller's, whatever trade a stranger's note points at.
  return pair.chain === undefined || pair.seller?.quote === undefined
    ? beforeOpening(pair, mayQuote, now, settings)
    : onChain(pair, pair.chain, now, settings);
}

function beforeOpening(pair: TradePair, mayQuote: boolean, now: number, settings: TradeSettings): Next<TradeStep> {
  const { buyer, seller } = pair;
  if (seller === undefined) {
    if (buyer.closed !== undefined || now >= buyer.request.quoteBy) return { type: 'done' };
    return mayQuote
      ? { type: 'step', step: { type: 'quote', pair }, reason: 'a request for an offer of mine' }
      : waitFor(buyer.request.quoteBy, 'as many unpaid quotes as are allowed are out');
  }
  const { quote } = seller;
  if (quote === undefined || seller.closed?.state === 'expired') return { type: 'done' };
  if (buyer.closed?.state === 'expired') return close(pair, 'seller', 'expired', 'the buyer gave it up');
  if (now >= quote.expiry + EXPIRY_GRACE_SECONDS) return close(pair, 'seller', 'expired', 'never opened in time');
  if (buyer.authorization !== undefined && now < quote.expiry - settings.deadlineMarginSeconds) {
    return { type: 'step', step: { type: 'open', pair }, reason: 'the payment is authorized' };
  }
  return renewOrWait(pair, now, quote.expiry + EXPIRY_GRACE_SECONDS, 'waiting for the payment', settings);
}

function onChain(pair: TradePair, chain: ChainTrade, now: number, settings: TradeSettings): Next<TradeStep> {
  switch (chain.state) {
    case 'opened': {
      // A late reveal could be mined after its deadline: it would revert and show the key for nothing.
      if (now >= chain.deadline - settings.deadlineMarginSeconds) {
        return { type: 'step', step: { type: 'refund', pair }, reason: 'too late to reveal safely' };
      }
      const isDeep = deepEnough(chain, now, settings.openDepth);
      return isDeep
        ? { type: 'step', step: { type: 'reveal', pair }, reason: 'the opening is deep enough' }
        : waitFor(revealAt(chain, now, settings.openDepth), 'waiting until the opening is deep enough');
    }
    case 'revealed':
      // First, so that a confirmation that is worth nothing can't hold up the payout.
      if (now > chain.deadline) {
        return { type: 'step', step: { type: 'settle', pair }, reason: 'the dispute window passed' };
      }
      if (pair.buyer.confirmation !== undefined) {
        return { type: 'step', step: { type: 'confirm', pair }, reason: 'the buyer confirmed' };
      }
      return renewOrWait(
        pair,
        now,
        chain.deadline + 1,
        'waiting for the confirmation or the end of the window',
        settings,
      );
    case 'settled':
      return closedAs(pair, 'settled', 'paid');
    case 'refunded':
      return closedAs(pair, 'refunded', 'the buyer has its money back');
    case 'disputed':
      return closedAs(pair, 'disputed', 'lost a dispute');
  }
}

function renewOrWait(
  pair: TradePair,
  now: number,
  until: number,
  reason: string,
  settings: TradeSettings,
): Next<TradeStep> {
  const delivery = pair.seller?.delivery;
  const isWanted = delivery !== undefined && pair.buyer.confirmation === undefined;
  if (!isWanted) return waitFor(until, reason);
  const renewAt = delivery.urlExpires - Math.floor(settings.urlLifeSeconds / 2);
  return now >= renewAt
    ? { type: 'step', step: { type: 'renew', pair }, reason: 'under half of the life of its URL is left' }
    : waitFor(Math.min(until, renewAt), reason);
}

function deepEnough(chain: ChainTrade, now: number, depth: OpenDepth): boolean {
  switch (depth.type) {
    case 'age':
      return now - chain.openedAt >= depth.seconds;
    case 'confirmations':
      return chain.confirmations >= depth.blocks;
  }
}

function revealAt(chain: ChainTrade, now: number, depth: OpenDepth): number {
  switch (depth.type) {
    case 'age':
      return chain.openedAt + depth.seconds;
    case 'confirmations':
      return now + 2;
  }
}

function closedAs(pair: TradePair, state: 'settled' | 'refunded' | 'disputed', reason: string): Next<TradeStep> {
  return pair.seller?.closed?.state === state ? { type: 'done' } : close(pair, 'seller', state, reason);
}
