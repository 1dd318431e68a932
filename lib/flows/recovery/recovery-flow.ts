import type { TradeRecord } from '../../core/chain.ts';
import { type Flow, failedOutcome, type Next, type Outcome } from '../../core/flow.ts';
import { wireId } from '../../core/ids.ts';
import type { EscrowWriter } from '../../market/escrow/escrow-writer.ts';
import type { OpenedQuote } from '../../market/escrow/opened-quote.ts';
import { withoutNotes } from '../../market/notes/lost-trades.ts';
import type { TradeReader } from '../../market/notes/trade-reader.ts';
import type { Quote } from '../../market/terms/quote.ts';

const FLOW = 'recovery';

/** What the recovery works with. */
export interface RecoveryPorts {
  readonly trades: TradeReader;
  readonly escrow: Pick<EscrowWriter, 'settleMany' | 'refundMany'>;
  readonly openedQuote: OpenedQuote;
  /** How long after a deadline others than the parties end a trade, in seconds. */
  readonly stepInAfterSeconds: number;
}

/** An end to a trade that nobody has a note of. */
interface RecoveryStep {
  readonly trade: TradeRecord;
  readonly end: 'settle' | 'refund';
}

/**
 * Ends the trades on chain that no note tells of, after their deadline, by the quote that their opening carries: after a restore
 * from a backup the vault may be older than the chain, and their money would stay in the escrow.
 */
export function createRecoveryFlow(ports: RecoveryPorts): Flow<TradeRecord, RecoveryStep> {
  return {
    name: FLOW,
    read: ({ vault, chain }) => {
      if (chain === undefined || chain.weiBalance === 0n) return [];
      const open = [...chain.records()].filter(({ state }) => state === 'opened' || state === 'revealed');
      return open.length === 0 ? [] : withoutNotes(open, ports.trades.all(vault, chain));
    },
    next: (trade, { now, chain }): Next<RecoveryStep> => {
      const from = trade.deadline + ports.stepInAfterSeconds;
      if (now <= from) return { type: 'wait', until: from + 1, reason: 'its parties may still end it' };
      if (chain?.hasPending === true && !chain.mayReplace) {
        return { type: 'wait', until: now + 1, reason: 'a transaction is pending' };
      }
      const end = trade.state === 'opened' ? 'refund' : 'settle';
      return {
        type: 'step',
        step: { trade, end },
        reason: 'nobody has a note of it: the vault is older than the chain',
      };
    },
    isExit: () => true,
    perform: async (steps) => {
      const outcomes: Outcome[] = [];
      for (const end of ['refund', 'settle'] as const) {
        const trades = steps.flatMap(({ step }) => (step.end === end ? [step.trade] : []));
        if (trades.length > 0) outcomes.push(await endAll(end, trades, ports));
      }
      return outcomes;
    },
  };
}

async function endAll(
  end: RecoveryStep['end'],
  trades: readonly TradeRecord[],
  { escrow, openedQuote }: RecoveryPorts,
): Promise<Outcome> {
  const names = trades.map(({ trade }) => wireId(trade)).join(', ');
  const did = `${end === 'refund' ? 'refunded' : 'settled'} ${names}`;
  try {
    const found = await Promise.all(trades.map((trade) => openedQuote(trade)));
    const quotes = found.filter((quote): quote is Quote => quote !== undefined);
    if (quotes.length > 0) await (end === 'refund' ? escrow.refundMany(quotes) : escrow.settleMany(quotes));
    const reason = 'the chain knows more trades than the vault, as after a restore';
    return { flow: FLOW, what: did, reason, operations: [], announcements: [] };
  } catch (error) {
    return failedOutcome(FLOW, `${end} ${names}`, error);
  }
}
