import { type Flow, failedOutcome, type Next, type Outcome, type PlannedStep } from '../../core/flow.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { TradePair } from '../../market/notes/trade-pairs.ts';
import { sweepDownloads } from './downloads.ts';
import { nextForBuyer } from './next-for-buyer.ts';
import { nextForSeller } from './next-for-seller.ts';
import { nameOf, TRADE } from './outcome.ts';
import { closeTrade } from './perform-close.ts';
import { performOnChain } from './perform-on-chain.ts';
import { authorize, receive } from './perform-purchase.ts';
import { quote, renew } from './perform-quote.ts';
import { request } from './perform-request.ts';
import type { TradePorts } from './ports.ts';
import type { TradeSettings } from './settings.ts';
import { sendsTransaction, type TradeStep } from './step.ts';
import { readTrades, type TradeView } from './view.ts';

/** The trade of sealed goods against money in escrow, from the request to the payout, for buyers and sellers alike. */
export function createTradeFlow(ports: TradePorts): Flow<TradeView, TradeStep> {
  let isSwept = false;
  return {
    name: TRADE,
    read: (snapshot) => readTrades(snapshot, ports.settings),
    next: (view, snapshot) => nextForView(view, snapshot, ports.settings),
    begin: (intent, snapshot) =>
      intent.type === 'request' && snapshot.chain !== undefined && !snapshot.draining
        ? { step: { type: 'request', offer: intent.offer, seller: intent.seller }, reason: intent.reason }
        : undefined,
    perform: async (steps, snapshot) => {
      // Keys are due by a deadline; sealing and fetching large goods is not, and may take longer than is left.
      const onChain = steps.filter(({ step }) => sendsTransaction(step));
      const outcomes: Outcome[] = [...(await performOnChain(onChain, snapshot, ports))];
      try {
        if (!isSwept) await sweepDownloads(ports.goods, snapshot);
        isSwept = true;
      } catch (error) {
        outcomes.push(failedOutcome(TRADE, 'clear away abandoned downloads', error));
      }
      for (const planned of steps) {
        const outcome = sendsTransaction(planned.step) ? undefined : await attempt(planned, snapshot, ports);
        if (outcome !== undefined) outcomes.push(outcome);
      }
      return outcomes;
    },
  };
}

/** What one trade asks of the agent now. Pure. */
export function nextForView(view: TradeView, snapshot: Snapshot, settings: TradeSettings): Next<TradeStep> {
  const next = nextOf(view, snapshot, settings);
  const isBlocked = snapshot.chain?.inFlight === true && !snapshot.chain.mayReplace;
  const mustWait = next.type === 'step' && sendsTransaction(next.step) && isBlocked;
  if (!mustWait) return next;
  return snapshot.chain?.isStuck === true
    ? { type: 'step', step: { type: 'hasten' }, reason: 'a transaction is stuck' }
    : { type: 'wait', until: snapshot.now + 1, reason: 'a transaction is in flight' };
}

function nextOf(view: TradeView, snapshot: Snapshot, settings: TradeSettings): Next<TradeStep> {
  switch (view.side) {
    case 'buyer': {
      const left = stepIn(view.pair, snapshot, settings);
      return left ?? nextForBuyer(view.pair, snapshot.now, settings);
    }
    case 'seller':
      return nextForSeller(view.pair, view.mayQuote, snapshot.now, settings);
    case 'anyone':
      return stepIn(view.pair, snapshot, settings) ?? { type: 'done' };
  }
}

/** Ends what the seller left lying past its deadline, if this account can pay for the gas. */
function stepIn(pair: TradePair, { chain, now }: Snapshot, settings: TradeSettings): Next<TradeStep> | undefined {
  const trade = pair.chain;
  const isLeft = trade !== undefined && now > trade.deadline + settings.stepInAfterSeconds;
  if (!isLeft || chain === undefined || chain.weiBalance === 0n) return undefined;
  if (trade.state === 'opened') {
    return { type: 'step', step: { type: 'refund', pair }, reason: 'the key was not revealed in time' };
  }
  if (trade.state === 'revealed') {
    return { type: 'step', step: { type: 'settle', pair }, reason: 'the dispute window passed and nobody settled' };
  }
  return undefined;
}

async function attempt(
  { step, reason }: PlannedStep<TradeStep>,
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<Outcome | undefined> {
  const name = 'pair' in step ? `${step.type} ${nameOf(step.pair)}` : step.type;
  try {
    return await performOffChain(step, reason, snapshot, ports);
  } catch (error) {
    return failedOutcome(TRADE, name, error);
  }
}

async function performOffChain(
  step: TradeStep,
  reason: string,
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<Outcome | undefined> {
  switch (step.type) {
    case 'request':
      return await request(step.offer, reason, snapshot, ports);
    case 'quote':
      return await quote(step.pair, reason, snapshot, ports);
    case 'renew':
      return await renew(step.pair, reason, ports);
    case 'authorize':
      return await authorize(step.pair, reason, snapshot, ports);
    case 'receive':
      return await receive(step.pair, reason, snapshot, ports);
    case 'close':
      return await closeTrade(step, reason, snapshot, ports);
    case 'open':
    case 'reveal':
    case 'confirm':
    case 'settle':
    case 'refund':
    case 'hasten':
      return undefined;
  }
}
