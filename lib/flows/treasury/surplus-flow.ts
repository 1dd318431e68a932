import type { Address } from 'viem';
import type { TradeState } from '../../core/facts.ts';
import { type Flow, failedOutcome } from '../../core/flow.ts';
import { formatUsdc, sumAtomic } from '../../core/money.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { treasuryEntries } from '../../market/notes/treasury-entries.ts';
import type { SendTransfer } from '../../market/token/send-transfer.ts';
import { isCommunity, surplus } from './allowance.ts';
import { treasuryNonce } from './treasury-nonce.ts';

/** A surplus to return, in atomic units. */
export interface SurplusStep {
  readonly amountAtomic: bigint;
  readonly day: number;
}

const FLOW = 'surplus';

/** Returns a system agent's surplus to the treasury, once a day. */
export function createSurplusFlow(send: SendTransfer, treasury: Address): Flow<SurplusStep, SurplusStep> {
  return {
    name: FLOW,
    read: readSurplus,
    next: (view) => ({
      type: 'step',
      step: view,
      reason: `${formatUsdc(view.amountAtomic)} USDC above the reserve and five days' inputs`,
    }),
    perform: async (steps, snapshot) => {
      const planned = steps[0];
      if (planned === undefined) return [];
      const { amountAtomic, day } = planned.step;
      const what = `returned ${formatUsdc(amountAtomic)} USDC to the treasury`;
      try {
        const nonce = treasuryNonce('return', snapshot.me.name, day);
        const result = await send({ to: treasury, amountAtomic, nonce });
        if (result === 'already-sent') return [];
        return [{ flow: FLOW, what, reason: planned.reason, operations: [], announcements: [] }];
      } catch (error) {
        return [failedOutcome(FLOW, what, error)];
      }
    },
  };
}

function readSurplus({ me, market, vault, chain, draining }: Snapshot): readonly SurplusStep[] {
  if (isCommunity(me.manifest) || chain === undefined || draining) return [];
  if (chain.hasPending && !chain.mayReplace) return [];
  const { day } = market.budget;
  const entries = treasuryEntries(vault).filter(({ agent }) => agent === me.name);
  const wasBorn = entries.some(({ direction }) => direction === 'top-up');
  const returnedToday = entries.some((entry) => entry.direction === 'return' && entry.day === day);
  // An agent without its birth grant keeps what it earns.
  if (!wasBorn || returnedToday) return [];
  const startAtomic = sumAtomic(
    entries.filter(({ direction }) => direction === 'top-up').map((entry) => entry.amountAtomic),
  );
  const spare = market.budget.balanceAtomic - market.budget.committedAtomic - unspentStart(startAtomic, me, market);
  const amountAtomic = surplus(me.manifest, spare);
  return amountAtomic === 0n ? [] : [{ amountAtomic, day }];
}

/** The part of a birth grant that is for the backlog of inputs and not spent yet; it is not a surplus. */
function unspentStart(startAtomic: bigint, me: Snapshot['me'], market: Snapshot['market']): bigint {
  const paid = market.trades.filter(({ side, state }) => side === 'buyer' && isPaid(state));
  const unspent =
    startAtomic - me.manifest.spec.budget.reserve - sumAtomic(paid.map(({ amountAtomic }) => amountAtomic));
  return unspent > 0n ? unspent : 0n;
}

function isPaid(state: TradeState): boolean {
  return state === 'opened' || state === 'revealed' || state === 'settled';
}
