import { type Flow, failedOutcome, type Next, type Outcome, type PlannedStep } from '../../core/flow.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Purchase, Trade } from '../../market/notes/trade-pairs.ts';
import { standingOf } from '../../market/notes/trade-state.ts';
import { sweepDownloads } from './downloads.ts';
import { nextForBuyer } from './next-for-buyer.ts';
import { nextForRequest, nextForSeller } from './next-for-seller.ts';
import { done, nameOf, TRADE } from './outcome.ts';
import { closeTrade } from './perform-close.ts';
import { performOnChain } from './perform-on-chain.ts';
import { authorize, receive } from './perform-purchase.ts';
import { quote, renew } from './perform-quote.ts';
import { request } from './perform-request.ts';
import type { TradePorts } from './ports.ts';
import { followOpened } from './reveal-at-once.ts';
import { createRevealPace, mostAccepted, type RevealPace } from './reveal-pace.ts';
import type { TradeSettings } from './settings.ts';
import { endsTrade, sendsTransaction, type TradeStep, waitFor } from './step.ts';
import { readTrades, type TradeView } from './view.ts';

/** The trade of sealed goods for money in escrow, from the request to the payout, for both buyers and sellers. */
export function createTradeFlow(ports: TradePorts): Flow<TradeView, TradeStep> {
  const { settings } = ports;
  let isSwept = false;
  const pace = createRevealPace(
    settings,
    () => ports.paceSeconds(),
    () => ports.clock(),
  );
  return {
    name: TRADE,
    read: (snapshot) => readTrades(snapshot, ports.trades, settings),
    next: (view, snapshot) => keepable(nextForView(view, snapshot, settings), snapshot.now, pace, settings),
    begin: (intent, snapshot) =>
      intent.type === 'request' && snapshot.chain !== undefined && !snapshot.draining
        ? { step: { type: 'request', offer: intent.offer, seller: intent.seller }, reason: intent.reason }
        : undefined,
    isExit: endsTrade,
    perform: async (steps, snapshot) => {
      // Transactions come first: reveals have a deadline, and sealing or fetching large goods may take longer than is left.
      const onChain = steps.filter(({ step }) => sendsTransaction(step));
      const opened: Trade[] = [];
      const outcomes: Outcome[] = [
        ...(await performOnChain(onChain, snapshot, ports, (trade) => void opened.push(trade))),
      ];
      // Where the next beat may come too late, what this one opened is revealed as soon as it may be, between its other steps.
      const mustReveal = (): boolean => opened.length > 0 && !pace.canWaitForBeat();
      const isPrompt = mustReveal();
      const reveals = followOpened(opened, snapshot, ports, pace);
      try {
        if (!isSwept) await sweepDownloads(ports.goods, ports.trades, snapshot);
        isSwept = true;
      } catch (error) {
        outcomes.push(failedOutcome(TRADE, 'delete unneeded downloads', error));
      }
      const startedMs = performance.now();
      const offChain = inOrder(steps.filter(({ step }) => !sendsTransaction(step)));
      for (const [i, planned] of offChain.entries()) {
        // The first step is always taken, however long it takes, so that each beat gets on.
        if (i > 0 && performance.now() - startedMs > WORK_MS) {
          outcomes.push(putOff(offChain.length - i, snapshot.now));
          break;
        }
        if (isPrompt) outcomes.push(...(await reveals.due()));
        const outcome = await attempt(planned, snapshot, ports, pace);
        if (outcome !== undefined) outcomes.push(outcome);
      }
      // That work may have made it slow.
      if (isPrompt || mustReveal()) outcomes.push(...(await reveals.finish()));
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

/** How long a beat goes on with steps that send no transaction, in milliseconds: reveals must not wait for all buyers. */
const WORK_MS = 5000;

/** Leaves steps to the next beat, which comes soon: every step is safe to take later. */
function putOff(count: number, now: number): Outcome {
  return { ...done(`put off ${count} steps`, 'this beat has taken long enough', []), wakeAt: now + 1 };
}

/** How soon a postponed step is looked at again, in seconds. */
const AGAIN_SECONDS = 5;

/** Postpones what a seller could not keep at its pace: an opening whose reveal may come late, and a promise of such a window. */
export function keepable(
  next: Next<TradeStep>,
  now: number,
  pace: Pick<RevealPace, 'windowNeeded'>,
  settings: Pick<TradeSettings, 'revealWindowSeconds'>,
): Next<TradeStep> {
  if (next.type !== 'step') return next;
  const { step } = next;
  const isTooSlow =
    (step.type === 'open' && pace.windowNeeded() > (step.trade.seller?.quote?.revealWindow ?? 0)) ||
    (step.type === 'quote' && pace.windowNeeded() > mostAccepted(settings.revealWindowSeconds));
  return isTooSlow ? waitFor(now + AGAIN_SECONDS, 'this machine is too slow now to reveal a key in time') : next;
}

/** The steps in the order of their urgency: what is paid for, then what is to be paid, then new promises, then the books. */
const URGENCY: readonly TradeStep['type'][] = ['receive', 'authorize', 'renew', 'request', 'quote', 'close'];

function inOrder(steps: readonly PlannedStep<TradeStep>[]): readonly PlannedStep<TradeStep>[] {
  return [...steps].sort((a, b) => URGENCY.indexOf(a.step.type) - URGENCY.indexOf(b.step.type));
}

async function attempt(
  { step, reason }: PlannedStep<TradeStep>,
  snapshot: Snapshot,
  ports: TradePorts,
  pace: RevealPace,
): Promise<Outcome | undefined> {
  const name = 'trade' in step ? `${step.type} ${nameOf(step.trade)}` : step.type;
  try {
    return await performOffChain(step, reason, snapshot, ports, pace);
  } catch (error) {
    return failedOutcome(TRADE, name, error);
  }
}

async function performOffChain(
  step: TradeStep,
  reason: string,
  snapshot: Snapshot,
  ports: TradePorts,
  pace: RevealPace,
): Promise<Outcome | undefined> {
  switch (step.type) {
    case 'request':
      return await request(step.offer, reason, snapshot, ports);
    case 'quote':
      return await quote(step.trade, reason, snapshot, ports, pace.windowNeeded());
    case 'renew':
      return await renew(step.trade, reason, ports);
    case 'authorize':
      return await authorize(step.trade, reason, snapshot, ports);
    case 'receive':
      return await receive(step.trade, reason, snapshot, ports);
    case 'close':
      await ports.fetches.forget(step.trade.id);
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
