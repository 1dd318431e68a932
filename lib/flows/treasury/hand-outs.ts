import type { OfferFact } from '../../core/facts.ts';
import { formatUsdc, sumAtomic } from '../../core/money.ts';
import { allowanceOf, daysOnOffer, purposeOf } from './allowance.ts';
import type { DueAgent } from './funded-agents.ts';

/** Money to be given to one agent, in atomic units. */
export interface HandOut {
  readonly agent: DueAgent;
  readonly purpose: 'top-up' | 'birth';
  readonly amountAtomic: bigint;
  readonly day: number;
  readonly reason: string;
}

/** What the treasury can give now, and what it lacks for the rest. */
export interface HandOutPlan {
  readonly handOuts: readonly HandOut[];
  /** Agents that wait for what the treasury doesn't have. */
  readonly waiting: number;
  /** What it lacks to give all of them theirs: zero while it has enough. Atomic units. */
  readonly shortAtomic: bigint;
}

/** What a plan follows from. */
export interface HandOutFacts {
  /** The day of budgets. */
  readonly day: number;
  readonly balanceAtomic: bigint;
  readonly due: readonly DueAgent[];
  /** All live offers with good signatures. */
  readonly offers: readonly OfferFact[];
}

/**
 * Plans who is given what, within what the treasury holds. Starts come first, as nothing is for sale without the agents
 * that live on them. Nobody is given a part: what an agent got counts as all of it. Pure.
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
