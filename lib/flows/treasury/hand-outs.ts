import type { OfferFact } from '../../core/facts.ts';
import { formatUsdc, sumAtomic } from '../../core/money.ts';
import { allowanceOf, daysOnOffer, purposeOf } from './allowance.ts';
import type { DueAgent } from './funded-agents.ts';

/** A planned transfer from the treasury to one agent, in atomic units. */
export interface HandOut {
  readonly agent: DueAgent;
  readonly purpose: 'top-up' | 'birth';
  readonly amountAtomic: bigint;
  readonly day: number;
  readonly reason: string;
}

/** The transfers that the treasury can make now, and what it lacks for the rest. */
export interface HandOutPlan {
  readonly handOuts: readonly HandOut[];
  /** Agents that wait for money that the treasury doesn't have. */
  readonly waiting: number;
  /** What the treasury lacks for all of them; zero if it has enough. Atomic units. */
  readonly shortAtomic: bigint;
}

/** The inputs of a plan. */
export interface HandOutFacts {
  /** The number of the budget day. */
  readonly day: number;
  readonly balanceAtomic: bigint;
  readonly due: readonly DueAgent[];
  /** All live offers with valid signatures. */
  readonly offers: readonly OfferFact[];
}

/**
 * Plans the hand-outs within the treasury's balance. Birth grants come first, because the agents that need them make what is
 * for sale. Nobody gets only a part, because a transfer counts as the full amount. Pure.
 */
export function planHandOuts(facts: HandOutFacts): HandOutPlan {
  const wanted = facts.due.flatMap((agent) => wantedBy(agent, facts) ?? []);
  const births = wanted.filter(({ purpose }) => purpose === 'birth');
  const inOrder = [...births, ...wanted.filter(({ purpose }) => purpose !== 'birth')];
  let leftAtomic = facts.balanceAtomic;
  const handOuts = inOrder.filter(({ amountAtomic }) => {
    if (amountAtomic > leftAtomic) return false;
    leftAtomic -= amountAtomic;
    return true;
  });
  const lacking = sumAtomic(wanted.map(({ amountAtomic }) => amountAtomic)) - facts.balanceAtomic;
  return { handOuts, waiting: wanted.length - handOuts.length, shortAtomic: lacking > 0n ? lacking : 0n };
}

function wantedBy(agent: DueAgent, { day, offers }: HandOutFacts): HandOut | undefined {
  const { manifest, balanceAtomic } = agent;
  const purpose = purposeOf(manifest);
  const amountAtomic = allowanceOf(manifest, balanceAtomic, (want) => daysOnOffer(manifest, want, offers));
  if (amountAtomic === undefined || amountAtomic === 0n) return undefined;
  const reason =
    purpose === 'birth'
      ? 'its backlog of inputs and its reserve, once'
      : `up to its daily budget of ${formatUsdc(manifest.spec.budget.daily)} USDC`;
  return { agent, purpose, amountAtomic, day, reason };
}
