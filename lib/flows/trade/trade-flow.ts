import { type Flow, failedOutcome, type Next, type Outcome, type PlannedStep } from '../../core/flow.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Purchase } from '../../market/notes/trade-pairs.ts';
import { standingOf } from '../../market/notes/trade-state.ts';
import { sweepDownloads } from './downloads.ts';
import { nextForBuyer } from './next-for-buyer.ts';
import { nextForRequest, nextForSeller } from './next-for-seller.ts';
import { nameOf, TRADE } from './outcome.ts';
import { closeTrade } from './perform-close.ts';
import { performOnChain } from './perform-on-chain.ts';
import { authorize, receive } from './perform-purchase.ts';
import { quote, renew } from './perform-quote.ts';
import { request } from './perform-request.ts';
import type { TradePorts } from './ports.ts';
import type { TradeSettings } from './settings.ts';
import { endsTrade, sendsTransaction, type TradeStep } from './step.ts';
import { readTrades, type TradeView } from './view.ts';

/** The trade of sealed goods for money in escrow, from the request to the payout, for both buyers and sellers. */
export function createTradeFlow(ports: TradePorts): Flow<TradeView, TradeStep> {
  let isSwept = false;
  return {
    name: TRADE,
    read: (snapshot) => readTrades(snapshot, ports.trades, ports.settings),
    next: (view, snapshot) => nextForView(view, snapshot, ports.settings),
    begin: (intent, snapshot) =>
      intent.type === 'request' && snapshot.chain !== undefined && !snapshot.draining
        ? { step: { type: 'request', offer: intent.offer, seller: intent.seller }, reason: intent.reason }
        : undefined,
    isExit: endsTrade,
    perform: async (steps, snapshot) => {
      // Transactions come first: reveals have a deadline, and sealing or fetching large goods may take longer than is left.
      const onChain = steps.filter(({ step }) => sendsTransaction(step));
      const outcomes: Outcome[] = [...(await performOnChain(onChain, snapshot, ports))];
      try {
        if (!isSwept) await sweepDownloads(ports.goods, ports.trades, snapshot);
        isSwept = true;
      } catch (error) {
        outcomes.push(failedOutcome(TRADE, 'delete unneeded downloads', error));
      }
      for (const planned of steps) {
        const outcome = sendsTransaction(planned.step) ? undefined : await attempt(planned, snapshot, ports);
        if (outcome !== undefined) outcomes.push(outcome);
      }
      return outcomes;
    },
  };
}

/** What one trade needs from the agent now. Pure. */
export function nextForView(view: TradeView, snapshot: Snapshot, settings: TradeSettings): Next<TradeStep> {
  const next = nextOf(view, snapshot, settings);
  const isBlocked = snapshot.chain?.hasPending === true && !snapshot.chain.mayReplace;
  const mustWait = next.type === 'step' && sendsTransaction(next.step) && isBlocked;
  if (!mustWait) return next;
  return snapshot.chain?.isStuck === true
    ? { type: 'step', step: { type: 'replace-stuck' }, reason: 'a transaction is stuck' }
    : { type: 'wait', until: snapshot.now + 1, reason: 'a transaction is pending' };
}

function nextOf(view: TradeView, snapshot: Snapshot, settings: TradeSettings): Next<TradeStep> {
  switch (view.type) {
    case 'purchase':
      return stepIn(view.trade, snapshot, settings) ?? nextForBuyer(view.trade, snapshot.now, settings);
    case 'sale':
      return nextForSeller(view.trade, snapshot.now, settings);
    case 'request':
      return nextForRequest(view.trade, view.mayQuote, snapshot.now);
    case 'of-others':
      return stepIn(view.trade, snapshot, settings) ?? { type: 'done' };
  }
}

/** Refunds or settles a trade that its parties left past its deadline, if this account can pay for the gas. */
function stepIn(trade: Purchase, { chain, now }: Snapshot, settings: TradeSettings): Next<TradeStep> | undefined {
  const standing = standingOf(trade);
  if (standing.type !== 'opened' && standing.type !== 'revealed') return undefined;
  const isLeft = now > standing.chain.deadline + settings.stepInAfterSeconds;
  if (!isLeft || chain === undefined || chain.weiBalance === 0n) return undefined;
  return standing.type === 'opened'
    ? { type: 'step', step: { type: 'refund', trade }, reason: 'the key was not revealed in time' }
    : { type: 'step', step: { type: 'settle', trade }, reason: 'the dispute window passed and nobody settled' };
}

async function attempt(
  { step, reason }: PlannedStep<TradeStep>,
  snapshot: Snapshot,
  ports: TradePorts,
): Promise<Outcome | undefined> {
  const name = 'trade' in step ? `${step.type} ${nameOf(step.trade)}` : step.type;
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
      return await quote(step.trade, reason, snapshot, ports);
    case 'renew':
      return await renew(step.trade, reason, ports);
    case 'authorize':
      return await authorize(step.trade, reason, snapshot, ports);
    case 'receive':
      return await receive(step.trade, reason, snapshot, ports);
    case 'close':
      return await closeTrade(step, reason, snapshot, ports);
    case 'open':
    case 'reveal':
    case 'confirm':
    case 'settle':
    case 'refund':
    case 'replace-stuck':
      return undefined;
  }
}
