import type { ChainTrade } from '../../core/chain.ts';
import type { OpenDepth } from '../../core/chains.ts';
import type { Next } from '../../core/flow.ts';
import type { Purchase, Sale } from '../../market/notes/trade-pairs.ts';
import { standingOf } from '../../market/notes/trade-state.ts';
import type { TradeSettings } from './settings.ts';
import { close, type TradeStep, waitFor } from './step.ts';

/** A trade is closed this long after its quote expired, in seconds, because a last opening may still be mined. */
const EXPIRY_GRACE_SECONDS = 10;

/** What a seller does next about an unanswered request. Pure; `now` is block time. */
export function nextForRequest(trade: Purchase, mayQuote: boolean, now: number): Next<TradeStep> {
  // No trade on chain is the seller's yet, whatever trade a stranger's note points at.
  if (trade.buyer.closed !== undefined || now >= trade.request.quoteBy) return { type: 'done' };
  return mayQuote
    ? { type: 'step', step: { type: 'quote', trade }, reason: 'a request for an offer of mine' }
    : waitFor(trade.request.quoteBy, 'the limit of unpaid quotes is reached');
}

/** What a seller does next in a trade that it answered. Pure; `now` is block time. */
export function nextForSeller(trade: Sale, now: number, settings: TradeSettings): Next<TradeStep> {
  const standing = standingOf(trade);
  switch (standing.type) {
    case 'quoted':
    case 'authorized': {
      const dead = standing.quote.expiry + EXPIRY_GRACE_SECONDS;
      if (now >= dead) return close(trade, 'expired', 'never opened in time');
      const isInTime = now < standing.quote.expiry - settings.deadlineMarginSeconds;
      return standing.type === 'authorized' && isInTime
        ? { type: 'step', step: { type: 'open', trade }, reason: 'the payment is authorized' }
        : renewOrWait(trade, now, dead, 'waiting for the payment', settings);
    }
    case 'expired':
      return trade.seller.quote === undefined ? { type: 'done' } : close(trade, 'expired', 'the buyer gave it up');
    case 'requested':
    case 'declined':
      return { type: 'done' };
    case 'opened':
      return nextWhenOpened(trade, standing.chain, now, settings);
    case 'revealed':
      return nextWhenRevealed(trade, standing.chain, now, settings);
    case 'settled':
      return close(trade, 'settled', 'paid');
    case 'refunded':
      return close(trade, 'refunded', 'the buyer has its money back');
    case 'disputed':
      return close(trade, 'disputed', 'lost a dispute');
  }
}

function nextWhenOpened(trade: Sale, chain: ChainTrade, now: number, settings: TradeSettings): Next<TradeStep> {
  // A late reveal could be mined after its deadline: it would revert and make the key public without a payment.
  if (now >= chain.deadline - settings.deadlineMarginSeconds) {
    return { type: 'step', step: { type: 'refund', trade }, reason: 'too late to reveal safely' };
  }
  return deepEnough(chain, now, settings.openDepth)
    ? { type: 'step', step: { type: 'reveal', trade }, reason: 'the opening is deep enough' }
    : waitFor(revealAt(chain, now, settings.openDepth), 'waiting until the opening is deep enough');
}

function nextWhenRevealed(trade: Sale, chain: ChainTrade, now: number, settings: TradeSettings): Next<TradeStep> {
  // First, so that an invalid confirmation can't delay the payout.
  if (now > chain.deadline) {
    return { type: 'step', step: { type: 'settle', trade }, reason: 'the dispute window passed' };
  }
  if (trade.buyer?.confirmation !== undefined) {
    return { type: 'step', step: { type: 'confirm', trade }, reason: 'the buyer confirmed' };
  }
  return renewOrWait(trade, now, chain.deadline + 1, 'waiting for the confirmation or the end of the window', settings);
}

function renewOrWait(
  trade: Sale,
  now: number,
  until: number,
  reason: string,
  settings: TradeSettings,
): Next<TradeStep> {
  const delivery = trade.seller.delivery;
  const isWanted = delivery !== undefined && trade.buyer?.confirmation === undefined;
  if (!isWanted) return waitFor(until, reason);
  const renewAt = delivery.urlExpires - Math.floor(settings.urlLifeSeconds / 2);
  return now >= renewAt
    ? { type: 'step', step: { type: 'renew', trade }, reason: 'less than half of the lifetime of its URL is left' }
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
