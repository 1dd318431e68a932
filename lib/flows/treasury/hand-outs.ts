import { formatUsdc, sumAtomic } from '../../core/money.ts';
import { birthEndowment, dailyTopUp, purposeOf } from './allowance.ts';
import type { TreasurySnapshot, Ward } from './treasury-snapshot.ts';

/** Money to be given to one agent, in atomic units. */
export interface HandOut {
  readonly ward: Ward;
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

/**
 * Plans who is given what, within what the treasury holds. Starts come first, as nothing is for sale without the agents
 * that live on them. Nobody is given a part: what an agent got counts as all of it. Pure.
 */
export function planHandOuts(snapshot: TreasurySnapshot): HandOutPlan {
  const wanted = snapshot.draining ? [] : snapshot.wards.flatMap((ward) => wantedBy(ward, snapshot) ?? []);
  const births = wanted.filter(({ purpose }) => purpose === 'birth');
  const inOrder = [...births, ...wanted.filter(({ purpose }) => purpose !== 'birth')];
  let leftAtomic = snapshot.treasuryBalanceAtomic;
  const handOuts = inOrder.filter(({ amountAtomic }) => {
    if (amountAtomic > leftAtomic) return false;
    leftAtomic -= amountAtomic;
    return true;
  });
  const lacking = sumAtomic(wanted.map(({ amountAtomic }) => amountAtomic)) - snapshot.treasuryBalanceAtomic;
  return { handOuts, waiting: wanted.length - handOuts.length, shortAtomic: lacking > 0n ? lacking : 0n };
}

function wantedBy(ward: Ward, { now, daySeconds, offers }: TreasurySnapshot): HandOut | undefined {
  const { manifest, balanceAtomic } = ward;
  const purpose = purposeOf(manifest);
  const amountAtomic = purpose === 'birth' ? birthEndowment(manifest, offers) : dailyTopUp(manifest, balanceAtomic);
  if (amountAtomic === undefined || amountAtomic === 0n) return undefined;
  const reason =
    purpose === 'birth'
      ? 'its backlog of inputs and its reserve, once'
      : `up to its daily budget of ${formatUsdc(manifest.spec.budget.daily)} USDC`;
  return { ward, purpose, amountAtomic, day: Math.floor(now / daySeconds), reason };
}
